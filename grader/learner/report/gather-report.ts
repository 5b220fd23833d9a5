import { cpus } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { exercises } from '#grader/manifest/index.ts'
import { locateCheckpoint, StableDiffusion3Pipeline, type Pipeline } from '#harness'
import { RememberedResults } from '../measurements/remembered-results.ts'
import { measure, measuredFor, type MeasurementName } from '../measurements/results.ts'
import { arePredictionsAsked, localPredictions } from '../predictions/predictions.ts'
import { readProgress } from '../progress/progress-file.ts'
import { readOwnWork } from './own-work.ts'
import type { ReportData, ReportedExercise } from './report-data.ts'

interface Gathering {
  /** Measures all anew. */
  isFresh?: boolean
  onStart?: (work: number, model: string) => void
  onAdvance?: (name: MeasurementName) => void
}

/** The lesson's size: larger pictures would only take longer. */
const LARGEST_SIDE = 512

/**
 * Collects what the report shows. Only exercises whose predictions were asked are measured.
 * @param root the kit's folder
 * @throws HarnessError when the model of SD3_MODEL cannot be opened
 */
export async function gatherReport(
  root: string,
  { isFresh = false, onStart, onAdvance }: Gathering = {},
): Promise<ReportData> {
  const { tasks } = await readProgress(root)
  const reported = await Promise.all(
    exercises.map(async (exercise): Promise<ReportedExercise> => {
      const isAsked = await arePredictionsAsked(exercise, root)
      return {
        ...{ exercise, isAsked, progress: tasks },
        predictions: isAsked ? await localPredictions(exercise, root) : [],
        ownWork: isAsked ? await readOwnWork(join(root, 'out/pictures'), exercise.id) : [],
      }
    }),
  )
  const folder = locateCheckpoint(process.env.SD3_MODEL || resolve('models/sd3-nano'))
  const pipe = await StableDiffusion3Pipeline.fromPretrained(folder)
  const model = basename(folder)
  try {
    const names = reported.flatMap(({ exercise, isAsked }) => (isAsked ? measuredFor[exercise.id] : []))
    const measured = await measure(names, {
      ...{ pipe, isFresh, side: await sideOf(pipe) },
      remembered: await RememberedResults.open(join(root, 'out/measurements'), folder, pipe.device.name),
      onStart: (work) => onStart?.(work, `${model} on ${pipe.device.name}`),
      ...(onAdvance && { onAdvance }),
    })
    const [processor] = cpus()
    return {
      ...{ model, device: pipe.device.name, measured, exercises: reported, writtenAt: new Date() },
      processor: `${cpus().length} × ${processor?.model.trim() ?? 'unknown processor'}`,
    }
  } finally {
    await pipe.release()
  }
}

/** The size the model was trained at, up to the lesson's. */
async function sideOf(pipe: Pipeline): Promise<number> {
  const { transformer, vaeScaleFactor } = await pipe.components()
  return Math.min(Number(transformer.config.sample_size ?? 128) * vaeScaleFactor, LARGEST_SIDE)
}
