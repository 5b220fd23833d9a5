import type { Exercise, Task } from '#grader/manifest/index.ts'
import type { SpecResult } from '#grader/run/collector.ts'
import { judge, type Verdict } from '#grader/verdict.ts'

export interface JudgedTask extends Verdict {
  task: Task
}

/** One exercise with a verdict for each of its tasks, in the manifest's order. */
export interface JudgedExercise {
  exercise: Exercise
  tasks: JudgedTask[]
}

export function judgeExercise(exercise: Exercise, specs: readonly SpecResult[]): JudgedExercise {
  const tasks = exercise.tasks.map((task) => ({
    task,
    ...judge(
      task.id,
      specs.filter((spec) => spec.exercise === exercise.id && spec.task === task.id),
    ),
  }))
  return { exercise, tasks }
}

export function points(tasks: readonly JudgedTask[]): number {
  return tasks.reduce((sum, { status, task }) => sum + (status === 'pass' ? task.points : 0), 0)
}
