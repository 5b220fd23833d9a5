import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ArgumentError,
  locateCheckpoint,
  renderFigure,
  savePng,
  StableDiffusion3Pipeline,
  type Panel,
} from '#harness'
import { countOption, numberOption, parseOptions, runCommand } from '../../harness/cli/command.ts'
import { folderDestination } from '../../harness/cli/destination.ts'
import { modelFolder, modelsFolder } from '../../harness/cli/model-folder.ts'
import { progressLine } from '../../harness/cli/progress.ts'
import { heldOutCaptions, spread } from '../judge/held-out.ts'
import { SceneJudge } from '../judge/scene-judge.ts'
import { checkTwins } from './check-twins.ts'
import { contestants } from './contestant.ts'
import { summaryFigure } from './figure.ts'
import { measureBatch, stepsPerBatch, type Shot } from './measure-batch.ts'
import { summarise } from './summary.ts'
import { tableDocument, tableLines } from './table.ts'

/**
 * Holds flow matching against the DDPM model of the same architecture, data and training: captions from the same noise
 * at several step counts, by each model's usual samplers.
 */
await runCommand(async () => {
  const { values } = parseOptions(
    {
      does: 'Holds flow matching against the DDPM model of the same architecture, data and training.',
      options: {
        captions: { type: 'string', takes: 'N', does: 'how many held-out captions (24)' },
        steps: { type: 'string', takes: 'N,…', does: 'step counts (2,4,6,10,20,30,50,200)' },
        guidance: { type: 'string', takes: 'N', does: 'how strongly the caption steers (7)' },
        batch: { type: 'string', takes: 'N', does: 'captions drawn at once (4)' },
        twin: { type: 'string', takes: 'FOLDER', does: 'the DDPM model (models/ddpm-twin)' },
        out: { type: 'string', takes: 'DIR', default: 'out/twin', does: 'where table and figures go' },
      },
    },
    'npm run twin',
  )
  const stepCounts = listOption('steps', values.steps) ?? [2, 4, 6, 10, 20, 30, 50, 200]
  const guidanceScale = numberOption('guidance', values.guidance) ?? 7
  const size = countOption('batch', values.batch) ?? 4
  const all = (await heldOutCaptions()).map(({ base }) => base)
  const claims = spread(all, countOption('captions', values.captions) ?? 24)
  const out = folderDestination('--out', values.out)

  const twin = values.twin ?? `${modelsFolder}ddpm-twin`
  if (!existsSync(join(twin, 'model_index.json'))) {
    throw new ArgumentError(
      `There is no DDPM twin in ${twin}.`,
      'models/training makes it. Then: SD3_MODEL=WORK/sd3-nano npm run twin -- --twin WORK/ddpm-twin.',
    )
  }
  await checkTwins(locateCheckpoint(modelFolder()), twin)
  const models = {
    velocity: await StableDiffusion3Pipeline.fromPretrained(modelFolder()),
    noise: await StableDiffusion3Pipeline.fromPretrained(twin),
  }
  const judge = await SceneJudge.load()
  const batches = Math.ceil(claims.length / size)
  const progress = progressLine('drawing', batches * stepsPerBatch(stepCounts))
  let done = 0
  const strip: (Panel & { row: number; steps: number })[] = []
  const shots: Shot[] = []
  try {
    for (let first = 0; first < claims.length; first += size) {
      const batch = { claims: claims.slice(first, first + size), first }
      shots.push(
        ...(await measureBatch(batch, {
          models,
          judge,
          stepCounts,
          guidanceScale,
          onStep: () => progress.update(++done),
          onPictures: (contestant, steps, [image]) => {
            if (first > 0) return
            const title = `${contestant.title}, ${steps} ${steps === 1 ? 'step' : 'steps'}`
            strip.push({ image, title, row: contestants.indexOf(contestant), steps })
          },
        })),
      )
    }
  } finally {
    progress.end()
    for (const model of [...Object.values(models), judge]) await model.release()
  }

  const rows = summarise(shots)
  for (const text of tableLines(rows)) console.log(text)
  const circumstances = [
    { what: 'captions', value: `${claims.length} of the recipe's held-out list` },
    { what: 'guidance', value: String(guidanceScale) },
    { what: 'pictures at a time', value: String(size) },
    { what: 'device', value: models.velocity.device.name },
    { what: 'Node', value: process.version },
  ]
  await mkdir(out, { recursive: true })
  await writeFile(join(out, 'table.md'), tableDocument(rows, circumstances))
  await writeFile(join(out, 'results.json'), JSON.stringify({ circumstances, rows }, null, 2) + '\n')
  await savePng(join(out, 'figure.png'), await summaryFigure(rows))
  strip.sort((a, b) => a.row - b.row || a.steps - b.steps)
  const pictures = { images: strip, title: claims[0].caption, columns: stepCounts.length }
  await savePng(join(out, 'pictures.png'), await renderFigure(pictures))
  console.log(`table.md, results.json, figure.png and pictures.png are in ${out}.`)
})

/** Step counts, each once, few first. */
function listOption(name: string, text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined
  const counts = text.split(',').map(Number)
  if (counts.every((count) => Number.isInteger(count) && count >= 1))
    return [...new Set(counts)].sort((a, b) => a - b)
  throw new ArgumentError(`--${name} is "${text}".`, `Pass whole numbers from 1, such as --${name} 4,10,50.`)
}
