import { readFile, writeFile } from 'node:fs/promises'
import { ArgumentError, savePng } from '#harness'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { areLookedAt, bundledWeights, noteLookedAt } from './bundled.ts'
import { claims } from './claims/index.ts'
import { fewSteps } from './few-steps.ts'
import { readProse, type Prose } from './prose.ts'
import { drawnWith, lookFolder } from './run-solutions.ts'
import { placesOf, type Claim } from './said.ts'

/**
 * `npx tsx grader/text/look.ts`: lays out what texts say of pictures beside the pictures, for somebody to look at.
 * With `--done`, after that: notes that all of it is true of the bundled weights.
 */
await runCommand(async () => {
  const { values } = parseOptions(
    {
      does: 'Lays out what the texts say of pictures beside the pictures, for somebody to look at.',
      options: { done: { type: 'boolean', does: 'notes that all of it is true of the bundled weights' } },
    },
    'npx tsx grader/text/look.ts',
  )
  if ((await readFile(drawnWith, 'utf8').catch(() => null)) !== (await bundledWeights())) {
    throw new ArgumentError(
      `The pictures in ${lookFolder} are not those of the bundled weights, or there are none.`,
      'Run npx tsx grader/text/measure.ts first.',
    )
  }
  if (values.done) {
    await noteLookedAt()
    console.log('Noted: what the texts say of pictures is true of these weights.')
    return
  }
  await savePng(`${lookFolder}/few-steps.png`, await fewSteps())
  const lines: string[] = []
  for (const [path, made] of Object.entries(claims)) {
    const claimed = await Promise.resolve(typeof made === 'function' ? made() : made).catch(() => [])
    const prose = readProse(await readFile(path, 'utf8'))
    lines.push(...claimed.flatMap((claim) => entryOf(path, claim, prose)))
  }
  const page = `${lookFolder}/README.md`
  await writeFile(page, ['# To look at', ...lines].join('\n\n') + '\n')
  console.log(`${lines.length / 2} sentences to look at beside their pictures: ${page}`)
  if (await areLookedAt()) console.log('They were found true of these weights before.')
  else console.log('Mend those that are not so in the texts. Then: npx tsx grader/text/look.ts --done')
})

/** A picture, and what is said of it: the kit's own pictures lie where they are. */
function entryOf(path: string, claim: Claim, prose: Prose): string[] {
  if (claim.picture === undefined) return []
  const file = claim.picture.startsWith('models/') ? `../../${claim.picture}` : claim.picture
  const sentences = placesOf(claim, prose).map((span) => prose.text.slice(...span))
  return [`![${claim.picture}](${file})`, `\`${path}\` says: ${sentences.join(' … ')}`]
}
