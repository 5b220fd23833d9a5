import type { Exercise, Task } from '#grader/manifest/index.ts'
import type { SpecResult } from '#grader/run/collector.ts'
import { earnedPoints } from '#grader/partial-credit.ts'
import { referencesOf } from '#grader/score.ts'
import { judge, type Verdict } from '#grader/verdict.ts'

export interface JudgedTask extends Verdict {
  task: Task
  score: number
  /** Functions that the reference stood in for. */
  references: string[]
}

/** One exercise with a verdict for each of its tasks, in the manifest's order. */
export interface JudgedExercise {
  exercise: Exercise
  tasks: JudgedTask[]
}

export function judgeExercise(exercise: Exercise, specs: readonly SpecResult[]): JudgedExercise {
  const tasks = exercise.tasks.map((task) => {
    const own = specs.filter((spec) => spec.exercise === exercise.id && spec.task === task.id)
    const verdict = judge(task.id, own)
    const references = referencesOf(own).map(
      (id) => exercise.tasks.find((one) => one.id === id)?.export ?? id,
    )
    return { task, ...verdict, score: earnedPoints(task, verdict, own), references }
  })
  return { exercise, tasks }
}

export function points(tasks: readonly JudgedTask[]): number {
  return tasks.reduce((sum, { score }) => sum + score, 0)
}
