import type { Exercise } from '#grader/manifest/index.ts'
import type { Measured } from '../measurements/results.ts'
import type { Prediction } from '../predictions/predictions.ts'
import type { TaskProgress } from '../progress/progress-file.ts'
import type { OwnWork } from './own-work.ts'

/** One exercise as the report shows it. */
export interface ReportedExercise {
  exercise: Exercise
  /** By task id; a task that was never judged is missing. */
  progress: Record<string, TaskProgress>
  predictions: Prediction[]
  /** Whether its results may be shown. */
  isAsked: boolean
  /** What the student's own functions drew and printed under `npm test`. */
  ownWork: OwnWork[]
}

/** Everything that stands in the report. */
export interface ReportData {
  /** The model's name, e.g. `sd3-nano`. */
  model: string
  /** e.g. `cpu` */
  device: string
  /** e.g. `2 × Intel Xeon` */
  processor: string
  writtenAt: Date
  exercises: ReportedExercise[]
  measured: Measured
}
