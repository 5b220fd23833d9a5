import { join } from 'node:path'
import { mkdir } from 'node:fs/promises'
import { savePng, StableDiffusion3Pipeline } from '#harness'
import { countOption, parseOptions, runCommand } from '../../harness/cli/command.ts'
import { modelFolder } from '../../harness/cli/model-folder.ts'
import { progressLine } from '../../harness/cli/progress.ts'
import { agrees, heldOutCaptions, variants } from './held-out.ts'
import { SceneJudge, type Reading } from './scene-judge.ts'

const usage = 'npm run judge -- [--captions N] [--steps N] [--out DIR]'

/** Of the held-out captions, the share that must follow each exchange for exit code 0. */
const needed = 0.9

/**
 * Draws held-out captions, each as it stands, with its things exchanged and with their colours exchanged,
 * and lets the judge read the pictures: does exchanging the words exchange the things in the picture?
 */
await runCommand(async () => {
  const { values } = parseOptions(
    { options: { captions: { type: 'string' }, steps: { type: 'string' }, out: { type: 'string' } } },
    usage,
  )
  const captions = (await heldOutCaptions()).slice(0, countOption('captions', values.captions))
  const numInferenceSteps = countOption('steps', values.steps) ?? 28
  const pipe = await StableDiffusion3Pipeline.fromPretrained(modelFolder())
  const judge = await SceneJudge.load()
  const right = { base: 0, sides: 0, colours: 0 }
  const follows = { sides: 0, colours: 0 }
  const progress = progressLine('judging', captions.length * variants.length)
  for (const [index, entry] of captions.entries()) {
    const drawn = { base: false, sides: false, colours: false }
    for (const [offset, variant] of variants.entries()) {
      const { caption } = entry[variant]
      const { images } = await pipe.generate({ prompt: caption, seed: index, numInferenceSteps })
      const reading = await judge.read(images[0])
      drawn[variant] = agrees(reading, entry[variant])
      progress.update(index * variants.length + offset + 1)
      if (!drawn[variant]) console.log(`${entry.id} ${variant}: "${caption}" shows ${inWords(reading)}`)
      if (values.out !== undefined) {
        await mkdir(values.out, { recursive: true })
        await savePng(join(values.out, `${entry.id}-${variant}.png`), images[0])
      }
    }
    for (const variant of variants) right[variant] += Number(drawn[variant])
    follows.sides += Number(drawn.base && drawn.sides)
    follows.colours += Number(drawn.base && drawn.colours)
  }
  progress.end()
  const least = Math.ceil(needed * captions.length)
  for (const variant of variants)
    console.log(`${variant.padEnd(22)} ${right[variant]} of ${captions.length} right`)
  console.log(`follows the sides      ${follows.sides} of ${captions.length}, at least ${least} needed`)
  console.log(`follows the colours    ${follows.colours} of ${captions.length}, at least ${least} needed`)
  await pipe.release()
  await judge.release()
  return Math.min(follows.sides, follows.colours) >= least ? 0 : 1
})

function inWords(reading: Reading): string {
  return `${reading.left_colour} ${reading.left_kind}, ${reading.right_colour} ${reading.right_kind}`
}
