import { flowMatchingSteps } from './03-flow-matching-steps.ts'
import { jointAttention } from './02-joint-attention.ts'
import { pipelineInspection } from './01-pipeline-inspection.ts'
import { pipelineTrace } from './04-pipeline-trace.ts'
import type { Exercise, Task, Visibility } from './types.ts'

export type { Exercise, PartialCredit, Task, Visibility } from './types.ts'

/** What is graded, and the only source of points. */
export const exercises: readonly Exercise[] = [
  pipelineInspection,
  jointAttention,
  flowMatchingSteps,
  pipelineTrace,
]

/** @throws Error when no exercise has this id: a mistake in the kit, not in a submission. */
export function exerciseById(id: string): Exercise {
  const found = exercises.find((exercise) => exercise.id === id)
  if (!found)
    throw new Error(
      `No exercise "${id}" in grader/manifest. Known: ${exercises.map((e) => e.id).join(', ')}.`,
    )
  return found
}

/** The module of an exercise, relative to exercises/ or solutions/. */
export function modulePath(exercise: Exercise): string {
  return `${exercise.id}/${exercise.slug}.ts`
}

export function taskCount(): number {
  return exercises.reduce((count, exercise) => count + exercise.tasks.length, 0)
}

export function maxScore(tasks: readonly Task[] = exercises.flatMap((exercise) => exercise.tasks)): number {
  return tasks.reduce((sum, task) => sum + task.points, 0)
}

/** When students may see the check of this title. */
export function visibilityOf({ visibility = 'always' }: Task, check: string): Visibility {
  return typeof visibility === 'string' ? visibility : (visibility[check] ?? 'always')
}

/** The tasks that one needs, directly or through others, in the manifest's order. */
export function prerequisitesOf(exercise: Exercise, task: Task): Task[] {
  const needed = new Set<string>()
  const add = ({ needs = [] }: Task) => {
    for (const one of exercise.tasks.filter(({ id }) => needs.includes(id) && !needed.has(id))) {
      needed.add(one.id)
      add(one)
    }
  }
  add(task)
  return exercise.tasks.filter(({ id }) => needed.has(id))
}
