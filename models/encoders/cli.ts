import { join } from 'node:path'
import { savePng, StableDiffusion3Pipeline } from '#harness'
import { countOption, parseOptions, runCommand } from '../../harness/cli/command.ts'
import { folderDestination } from '../../harness/cli/destination.ts'
import { modelFolder } from '../../harness/cli/model-folder.ts'
import { progressLine } from '../../harness/cli/progress.ts'
import { ArgumentError } from '../../harness/errors.ts'
import { defaultBatch, drawCaptions } from '../judge/draw-captions.ts'
import { heldOutCaptions } from '../judge/held-out.ts'
import { SceneJudge } from '../judge/scene-judge.ts'
import { native } from '../judge/sizes.ts'
import { cells, columns, count, emptyTally, type Tally } from '../judge/tally.ts'
import { markdownTable } from '../markdown-table.ts'
import { commandLine, provenance, resultFolder, resultHelp, writeResultFiles } from '../result-files.ts'
import { drawings, kinds, type Kind } from './captions.ts'
import { difference, loss, points, type Difference } from './loss.ts'
import { silenceInWords, silenceNames, silences, withoutOption, type Silence } from './silences.ts'

const enough = 100
const standard = { numInferenceSteps: 28, guidanceScale: 7 }

interface Row {
  silence: Silence
  kind: Kind
  tally: Tally
  /** Against nobody silent, in whole pictures. */
  lost: Difference
}

/** Draws simple and compositional captions with some encoders silent, from the same noise: who is missed, and where? */
await runCommand(async () => {
  const { values } = parseOptions(
    {
      does: 'Draws captions with text encoders silenced, from the same noise, and counts what is lost.',
      options: {
        captions: { type: 'string', takes: 'N', does: `of each kind, simple and compositional (${enough})` },
        without: { type: 'string', takes: 'NAME,…', does: `whom to silence: ${silenceNames} (each)` },
        steps: { type: 'string', takes: 'N', does: `steps of a picture (${standard.numInferenceSteps})` },
        batch: { type: 'string', takes: 'N', does: 'pictures drawn at once (1, on a GPU 16)' },
        out: { type: 'string', takes: 'DIR', does: 'keeps the pictures there' },
        result: { type: 'string', takes: 'DIR', does: resultHelp },
      },
    },
    'npm run encoders',
  )
  const size = countOption('captions', values.captions) ?? enough
  if (size < 2) throw new ArgumentError('--captions is 1.', 'Pass at least 2: one picture has no spread.')
  const numInferenceSteps = countOption('steps', values.steps) ?? standard.numInferenceSteps
  const without = withoutOption(values.without)
  const isWhole =
    size >= enough && values.without === undefined && numInferenceSteps === standard.numInferenceSteps
  const folder = resultFolder(values.result, new URL(import.meta.url), isWhole)
  if (values.out !== undefined) folderDestination('--out', values.out)
  const entries = await heldOutCaptions()

  const pipe = await StableDiffusion3Pipeline.fromPretrained(modelFolder())
  const judge = await SceneJudge.load()
  const batch = countOption('batch', values.batch) ?? defaultBatch(pipe)
  const progress = progressLine('drawing', kinds.length * without.length * size)
  const rows: Row[] = []
  let done = 0
  for (const kind of kinds) {
    const drawn = drawings(entries, kind, size)
    const wanted = drawn.map(({ claim: { caption }, seed }) => ({ caption, seed }))
    let loud: boolean[] = []
    for (const silence of without) {
      const [tally, right]: [Tally, boolean[]] = [emptyTally(), []]
      const settings = { ...standard, ...native, numInferenceSteps, batch, silence: [...silences[silence]] }
      for await (const image of drawCaptions(pipe, wanted, settings)) {
        const at = right.length
        right.push(count(tally, await judge.read(image), drawn[at].claim))
        if (values.out !== undefined) await savePng(join(values.out, `${kind}-${at}-${silence}.png`), image)
        progress.update(++done)
      }
      if (silence === 'nobody') loud = right
      rows.push({ silence, kind, tally, lost: loss(loud, right) })
    }
  }
  progress.end()

  const lostBy = (silence: Silence, kind: Kind) =>
    rows.find((row) => row.silence === silence && row.kind === kind)!.lost
  const more = without.map((silence) => ({
    silence,
    difference: difference(lostBy(silence, 'compositional'), lostBy(silence, 'simple')),
  }))
  const body = [
    `${numInferenceSteps} steps, guidance ${standard.guidanceScale}; a silent encoder's part of the text is zeros, of the negative prompt too. Of each kind ${size} pictures, every time from the same noise, as the judge reads them:`,
    markdownTable(
      ['drawn with', 'pictures', ...columns],
      rows.map(({ silence, kind, tally }) => [`${kind}, ${silenceInWords[silence]}`, ...cells(tally)]),
    ),
    'Whole agreement lost, in percentage points (± is the 95 % interval):',
    markdownTable(
      ['drawn with', ...kinds, 'compositional less simple'],
      more
        .filter(({ silence }) => silence !== 'nobody')
        .map(({ silence, difference }) => [
          silenceInWords[silence],
          ...kinds.map((kind) => points(lostBy(silence, kind))),
          points(difference),
        ]),
    ),
  ]
  console.log(`\n${body.join('\n\n')}\n`)
  if (folder !== null) {
    const { captions, without, steps } = values
    const command = commandLine('encoders', { captions, without, steps })
    const settings = { ...standard, captions: size, numInferenceSteps }
    const result = { provenance: await provenance(command, pipe.device.name), ...settings, rows, more }
    await writeResultFiles(folder, 'What each text encoder is worth', result, body)
    console.log(`Written: ${join(folder, 'result.json')} and result.md.`)
  } else
    console.log(
      'Not written to models/encoders: that takes 100 captions, all silences, 28 steps and sd3-nano, or --result DIR.',
    )
  await pipe.release()
  await judge.release()
})
