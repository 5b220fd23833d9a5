import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  ArgumentError,
  locateCheckpoint,
  renderFigure,
  savePng,
  StableDiffusion3Pipeline,
  type Panel,
} from '#harness'
import { countOption, numberOption, parseOptions, runCommand } from '../../harness/cli/command.ts'
import { modelFolder, modelsFolder } from '../../harness/cli/model-folder.ts'
import { progressLine } from '../../harness/cli/progress.ts'
import { heldOutCaptions, spread } from '../judge/held-out.ts'
import { SceneJudge } from '../judge/scene-judge.ts'
import { commandLine, provenance, resultFolder, writeResultFiles } from '../result-files.ts'
import { checkTwins } from './check-twins.ts'
import { contestants } from './contestant.ts'
import { summaryFigure } from './figure.ts'
import { measureBatch, stepsPerBatch, type Shot } from './measure-batch.ts'
import { summarise } from './summary.ts'
import { tableLines, tableSections } from './table.ts'

const standard = { captions: 24, steps: [2, 4, 6, 10, 20, 30, 50, 200], guidance: 7, batch: 4 }
/** Where a result goes that is of a part, or of other models. */
const OUT = 'out/twin'

/**
 * Holds flow matching against the DDPM model of the same architecture, data and training: captions from the same noise
 * at several step counts, by each model's usual samplers.
 */
await runCommand(async () => {
  const { values } = parseOptions(
    {
      does: 'Holds flow matching against the DDPM model of the same architecture, data and training.',
      options: {
        captions: { type: 'string', takes: 'N', does: `how many held-out captions (${standard.captions})` },
        steps: { type: 'string', takes: 'N,…', does: `step counts (${standard.steps.join()})` },
        guidance: {
          type: 'string',
          takes: 'N',
          does: `how strongly the caption steers (${standard.guidance})`,
        },
        batch: { type: 'string', takes: 'N', does: `captions drawn at once (${standard.batch})` },
        twin: { type: 'string', takes: 'FOLDER', does: 'the DDPM model (models/ddpm-twin)' },
        result: {
          type: 'string',
          takes: 'DIR',
          does: `writes table and figures there (beside the command, when all was measured; else ${OUT})`,
        },
      },
    },
    'npm run twin',
  )
  const stepCounts = listOption('steps', values.steps) ?? standard.steps
  const guidanceScale = numberOption('guidance', values.guidance) ?? standard.guidance
  const size = countOption('batch', values.batch) ?? standard.batch
  const all = (await heldOutCaptions()).map(({ base }) => base)
  const claims = spread(all, countOption('captions', values.captions) ?? standard.captions)
  const bundled = `${modelsFolder}ddpm-twin`
  const twin = values.twin ?? bundled
  const isWhole =
    claims.length >= standard.captions &&
    standard.steps.every((steps) => stepCounts.includes(steps)) &&
    guidanceScale === standard.guidance &&
    resolve(twin) === resolve(bundled)
  const folder = resultFolder(values.result, new URL(import.meta.url), isWhole) ?? OUT
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
  const { captions, steps, guidance, batch } = values
  const command = commandLine('twin', { captions, steps, guidance, batch, twin: values.twin })
  const result = {
    provenance: await provenance(command, models.velocity.device.name, [twin]),
    ...{ captions: claims.length, guidanceScale, batch: size, rows },
  }
  const [{ caption }] = claims
  const body = [
    `${claims.length} captions of the recipe's held-out list, guidance ${guidanceScale}, ${size} pictures at a time.`,
    '![Agreement, distance and straightness against steps](figure.png)',
    `![${caption}, by each sampler at each step count](pictures.png)`,
    ...tableSections(rows),
  ]
  await writeResultFiles(folder, 'Flow matching and its DDPM twin', result, body)
  await savePng(join(folder, 'figure.png'), await summaryFigure(rows))
  strip.sort((a, b) => a.row - b.row || a.steps - b.steps)
  const pictures = { images: strip, title: caption, columns: stepCounts.length }
  await savePng(join(folder, 'pictures.png'), await renderFigure(pictures))
  console.log(`Written: ${join(folder, 'result.json')}, result.md, figure.png and pictures.png.`)
})

/** Step counts, each once, few first. */
function listOption(name: string, text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined
  const counts = text.split(',').map(Number)
  if (counts.every((count) => Number.isInteger(count) && count >= 1))
    return [...new Set(counts)].sort((a, b) => a - b)
  throw new ArgumentError(`--${name} is "${text}".`, `Pass whole numbers from 1, such as --${name} 4,10,50.`)
}
