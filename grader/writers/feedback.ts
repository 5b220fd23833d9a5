import { defuse } from '#grader/defuse.ts'
import type { ExerciseResult, Status, SubmissionResult, TaskResult } from '#grader/result.ts'

/** Every status in words, for hosts that know only passed and failed. */
const words: Record<Status, string> = {
  pass: 'Passed',
  fail: 'Wrong answer',
  error: 'Stopped with an error',
  timeout: 'Took too long',
  'not-attempted': 'Not attempted: still the stub',
  blocked: 'Waits for another task that is still the stub',
  invalid: 'Could not be graded: this says nothing about the answer, ask for it to be graded again',
}

/** One line: what became of a task. */
export function statusLine({ status, score, missing }: TaskResult): string {
  if (missing !== undefined) return `Not handed in: there is no ${missing}`
  return status !== 'pass' && score > 0 ? `${words[status]}, in part right` : words[status]
}

/** What a task's specs said, as far as the grade holds it: `--audience` has taken out what its reader may not see. */
export function messageOf(task: TaskResult): string {
  return task.status === 'not-attempted' ? '' : defuse(task.message)
}

/** The status and, beneath it, what the specs said; the status alone when there is no more. */
export function feedback(task: TaskResult): string {
  return [statusLine(task), messageOf(task)].filter((text) => text !== '').join('\n')
}

/** One line about a file that was not handed in, under its name or at all; null when it was. */
export function missingLine({ tasks }: ExerciseResult): string | null {
  const missing = tasks.find((task) => task.missing !== undefined)?.missing
  return missing === undefined ? null : `Not handed in: there is no ${missing}.`
}

export function allTasks(result: SubmissionResult): { exercise: ExerciseResult; task: TaskResult }[] {
  return result.exercises.flatMap((exercise) => exercise.tasks.map((task) => ({ exercise, task })))
}

/** One line; null for work in time, and where that is not known. */
export function latenessLine({ late, submittedAt, due }: SubmissionResult): string | null {
  return late === undefined ? null : `Late by ${late.bySeconds} s: handed in ${submittedAt}, due ${due}.`
}

/** How many tasks could not be graded. */
export function notGraded(result: SubmissionResult): number {
  return allTasks(result).filter(({ task }) => task.status === 'invalid').length
}

/** A warning that has to go where the total is read, or null: an invalid task is no wrong answer. */
export function invalidWarning(result: SubmissionResult): string | null {
  const count = notGraded(result)
  if (count === 0) return null
  const tasks = count === 1 ? '1 task' : `${count} tasks`
  return `Not final: ${tasks} could not be graded, with no points so far. Grade again.`
}
