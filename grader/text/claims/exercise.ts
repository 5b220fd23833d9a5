import type { Exercise } from '#grader/manifest/index.ts'
import { exercises } from '#grader/manifest/index.ts'
import { anything, said, type Claim } from '../said.ts'

/** The numbers that every brief has: its own, its neighbours', its tasks and their points. */
export function briefClaims(exercise: Exercise): Claim[] {
  const at = exercises.indexOf(exercise)
  const [before, after] = [exercises[at - 1], exercises[at + 1]]
  return [
    said`${at + 1}. ${exercise.title} [${exercise.level}]`,
    ...(before ? [said`Before: ${at}. ${before.title}`] : []),
    ...(after ? [said`After: ${at + 2}. ${after.title}`] : []),
    ...exercise.tasks.map(
      (task) => said`| \`${task.id}\` | \`${task.export}\`: ${anything} | ${task.points} |`,
    ),
    said`Start: ${exercise.tasks.length} tasks, none done`,
  ]
}

/** The number in the first sentence of an exercise's results. */
export function resultsClaims(exercise: Exercise): Claim[] {
  return [said`The results of exercise ${exercises.indexOf(exercise) + 1}, and why they are so`]
}
