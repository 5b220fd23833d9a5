import { join } from 'node:path'
import { savePng, StableDiffusion3Pipeline } from '#harness'
import { countOption, parseOptions, runCommand } from '../../harness/cli/command.ts'
import { modelFolder } from '../../harness/cli/model-folder.ts'
import { progressLine } from '../../harness/cli/progress.ts'
import { ArgumentError } from '../../harness/errors.ts'
import { markdownTable } from '../markdown-table.ts'
import { commandLine, provenance, resultFolder, writeResultFiles } from '../result-files.ts'
import { defaultBatch, drawCaptions } from './draw-captions.ts'
import { heldOutCaptions, lists, variants, type List, type Variant } from './held-out.ts'
import { groupRows, inWords as rowInWords, type JudgedRow } from './judged-row.ts'
import { SceneJudge } from './scene-judge.ts'
import { inWords } from './scores.ts'
import { native, sizeInWords, sizesOption, type Size } from './sizes.ts'
import { cells, columns } from './tally.ts'

const usage =
  'npm run judge -- [--list bundled|recipe] [--captions N] [--sizes HxW,…] [--steps N] [--batch N] [--out DIR] [--result DIR]'

/** Of the captions as they stand, at the native size, the share that must be drawn right for exit code 0. */
const needed = 0.97
const standard = { numInferenceSteps: 28, guidanceScale: 7 }

/**
 * Draws held-out captions, each as it stands, with its things exchanged and with their colours exchanged, and lets the
 * judge read the pictures: does every picture show what its caption says? At other sizes, as they stand only.
 */
await runCommand(async () => {
  const text = { type: 'string' } as const
  const list = { type: 'string', default: 'bundled' } as const
  const options = { list, captions: text, sizes: text, steps: text, batch: text, out: text, result: text }
  const { values } = parseOptions({ options }, usage)
  const all = await heldOutCaptions(listOption(values.list))
  const entries = all.slice(0, countOption('captions', values.captions))
  const numInferenceSteps = countOption('steps', values.steps) ?? standard.numInferenceSteps
  const asked = countOption('batch', values.batch)
  const runs: { variant: Variant; size: Size }[] = [
    ...variants.map((variant) => ({ variant, size: native })),
    ...sizesOption(values.sizes).map((size) => ({ variant: 'base' as const, size })),
  ]
  const claimsOf = (variant: Variant) =>
    entries.flatMap((entry, seed) => (entry[variant] ? [{ ...entry, claim: entry[variant], seed }] : []))

  const pipe = await StableDiffusion3Pipeline.fromPretrained(modelFolder())
  const judge = await SceneJudge.load()
  const progress = progressLine(
    'judging',
    runs.reduce((sum, { variant }) => sum + claimsOf(variant).length, 0),
  )
  const rows: JudgedRow[] = []
  let done = 0
  for (const { variant, size } of runs) {
    const claims = claimsOf(variant)
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
  const isWhole =
    values.list === 'bundled' &&
    entries.length === all.length &&
    numInferenceSteps === standard.numInferenceSteps
  const folder = resultFolder(values.result, new URL(import.meta.url), isWhole)
  if (folder !== null) {
    const { captions, sizes, steps } = values
    const list = values.list === 'bundled' ? undefined : values.list
    const command = commandLine('judge', { list, captions, sizes, steps })
    const settings = { ...standard, numInferenceSteps }
    const result = { provenance: await provenance(command, pipe.device.name), ...settings, rows }
    const how = `${numInferenceSteps} steps, guidance ${standard.guidanceScale}, each from the noise of its place in the list.`
    const title =
      list === undefined
        ? 'What is drawn of captions never seen in training'
        : `What is drawn of the ${list}'s held-out captions`
    await writeResultFiles(folder, title, result, [how, table, verdict])
    console.log(`Written: ${join(folder, 'result.json')} and result.md.`)
  } else
    console.log(
      'Not written to models/judge: that takes all bundled captions, 28 steps and sd3-nano, or --result DIR.',
    )
  await pipe.release()
  await judge.release()
  return tally.whole >= least ? 0 : 1
})

/** @throws ArgumentError for any name but a list's */
function listOption(given: string): List {
  if (Object.hasOwn(lists, given)) return given as List
  throw new ArgumentError(`There is no list "${given}".`, `Pass --list ${Object.keys(lists).join(' or ')}.`)
}
