import type { Exercise } from '#grader/manifest/index.ts'
import { arePredictionsAsked } from './predictions.ts'

/** The line that stands where an exercise's results would, until its questions were asked; null afterwards. */
export async function predictFirst(exercise: Exercise, root = '.'): Promise<string | null> {
  const isAsked = await arePredictionsAsked(exercise, root)
  return isAsked ? null : `Predict first: npm run predict -- ${exercise.id.slice(0, 2)}`
}
