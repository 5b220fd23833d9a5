import { join } from 'node:path'
import { savePng, StableDiffusion3Pipeline } from '#harness'
import { countOption, parseOptions, runCommand } from '../../harness/cli/command.ts'
import { folderDestination } from '../../harness/cli/destination.ts'
import { modelFolder } from '../../harness/cli/model-folder.ts'
import { progressLine } from '../../harness/cli/progress.ts'
import { ArgumentError } from '../../harness/errors.ts'
import { checkSize } from '../../harness/generate-inputs.ts'
import { markdownTable } from '../markdown-table.ts'
import { commandLine, provenance, resultFolder, resultHelp, writeResultFiles } from '../result-files.ts'
import { defaultBatch, drawCaptions } from './draw-captions.ts'
import { heldOutCaptions } from './held-out.ts'
import { groupRows, inWords as rowInWords, type JudgedRow } from './judged-row.ts'
import { judgeRuns } from './runs.ts'
import { SceneJudge } from './scene-judge.ts'
import { inWords } from './scores.ts'
import { native, sizeInWords, sizesOption } from './sizes.ts'
import { cells, columns } from './tally.ts'

/** Of the captions as they stand, at the native size, the share that must be drawn right for exit code 0. */
const needed = 0.97
const standard = { numInferenceSteps: 28, guidanceScale: 7 }

/**
 * Draws held-out captions, each as it stands, with its things exchanged and with their colours exchanged, and lets the
 * judge read the pictures: does every picture show what its caption says? At other sizes, as they stand only, and
 * where `--elsewhere` says so fewer of them.
 */
await runCommand(async () => {
  const { values } = parseOptions(
    {
      does: 'Draws captions that training never saw, and counts how many pictures show what their caption says.',
      options: {
        captions: { type: 'string', takes: 'N', does: 'how many of them, from the first on (all)' },
        sizes: { type: 'string', takes: 'HxW,…', does: 'also draws them at these sizes, as 512x512,256x384' },
        elsewhere: {
          type: 'string',
          takes: 'N',
          does: 'how many at those sizes, spread over the list (all)',
        },
        steps: { type: 'string', takes: 'N', does: `steps of a picture (${standard.numInferenceSteps})` },
        batch: { type: 'string', takes: 'N', does: 'pictures drawn at once (1, on a GPU 16)' },
        out: { type: 'string', takes: 'DIR', does: 'keeps the pictures there' },
        result: { type: 'string', takes: 'DIR', does: resultHelp },
      },
    },
    'npm run judge',
  )
  const all = await heldOutCaptions()
  const entries = all.slice(0, countOption('captions', values.captions))
  const otherSizes = sizesOption(values.sizes)
  const elsewhere = countOption('elsewhere', values.elsewhere) ?? entries.length
  if (values.elsewhere !== undefined && otherSizes.length === 0)
    throw new ArgumentError(
      '--elsewhere counts captions at other sizes, and there is no --sizes.',
      'Pass both, such as --sizes 512x512,256x384 --elsewhere 30.',
    )
  const numInferenceSteps = countOption('steps', values.steps) ?? standard.numInferenceSteps
  const asked = countOption('batch', values.batch)
  const isWhole = entries.length === all.length && numInferenceSteps === standard.numInferenceSteps
  const folder = resultFolder(values.result, new URL(import.meta.url), isWhole)
  if (values.out !== undefined) folderDestination('--out', values.out)
  const runs = judgeRuns(entries, otherSizes, elsewhere)

  const pipe = await StableDiffusion3Pipeline.fromPretrained(modelFolder())
  // A size that the model has no positions for is refused before all of the native size is drawn.
  const components = await pipe.components()
  for (const size of otherSizes) checkSize(size, components)
  const judge = await SceneJudge.load()
  const progress = progressLine(
    'judging',
    runs.reduce((sum, { claims }) => sum + claims.length, 0),
  )
  const rows: JudgedRow[] = []
  let done = 0
  for (const { variant, size, claims } of runs) {
    const wanted = claims.map(({ claim: { caption }, seed }) => ({ caption, seed }))
    const group = groupRows(variant, size)
    const settings = { ...standard, ...size, numInferenceSteps, batch: asked ?? defaultBatch(pipe) }
    let at = 0
    for await (const image of drawCaptions(pipe, wanted, settings)) {
      const { id, layout, claim } = claims[at++]
      const reading = await judge.read(image)
      if (!group.count(layout, reading, claim, id))
        console.log(`${id} ${variant} ${sizeInWords(size)}: "${claim.caption}" shows ${inWords(reading)}`)
      if (values.out !== undefined)
        await savePng(join(values.out, `${id}-${variant}-${size.height}x${size.width}.png`), image)
      progress.update(++done)
    }
    rows.push(...group.rows)
  }
  progress.end()

  const table = markdownTable(
    ['drawn', 'captions', ...columns],
    rows.map((row) => [rowInWords(row), ...cells(row.tally)]),
  )
  console.log(`\n${table}\n`)
  const { tally } = rows[0]
  const least = Math.ceil(needed * tally.captions)
  const verdict = `${tally.whole} of ${tally.captions} captions as they stand are drawn right at ${sizeInWords(native)}; at least ${least} are needed.`
  console.log(verdict)
  if (folder !== null) {
    const { captions, sizes, elsewhere, steps } = values
    const command = commandLine('judge', { captions, sizes, elsewhere, steps })
    const settings = { ...standard, numInferenceSteps }
    const result = { provenance: await provenance(command, pipe.device.name), ...settings, rows }
    const how = `${numInferenceSteps} steps, guidance ${standard.guidanceScale}, each from the noise of its place in the list.`
    const title = 'What is drawn of captions never seen in training'
    await writeResultFiles(folder, title, result, [how, table, verdict])
    console.log(`Written: ${join(folder, 'result.json')} and result.md.`)
  } else
    console.log(
      'Not written to models/judge: that takes all captions, 28 steps and sd3-nano, or --result DIR.',
    )
  await pipe.release()
  await judge.release()
  return tally.whole >= least ? 0 : 1
})
