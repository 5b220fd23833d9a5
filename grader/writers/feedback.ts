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

/** When students may read what a task's specs said. Hosts that cannot wait for a date do not show it at all. */
export type Visibility = 'always' | 'after-due-date' | 'never'

export function visibilityOf(task: TaskResult): Visibility {
  const { visibility } = task as { visibility?: Visibility }
  return visibility ?? 'always'
}

/** One line: what became of a task. */
export function statusLine({ status, score }: TaskResult): string {
  return status !== 'pass' && score > 0 ? `${words[status]}, in part right` : words[status]
}

/** What may be shown about a task on a host without dates: status and points always, details only when open. */
export function openMessage(task: TaskResult): string {
  if (task.message === '' || task.status === 'not-attempted') return ''
  return visibilityOf(task) === 'always' ? defuse(task.message) : 'Details are not shown here.'
}

/** The status and, beneath it, what may be shown; the status alone when there is no more. */
export function openFeedback(task: TaskResult): string {
  return [statusLine(task), openMessage(task)].filter((text) => text !== '').join('\n')
}

export function allTasks(result: SubmissionResult): { exercise: ExerciseResult; task: TaskResult }[] {
  return result.exercises.flatMap((exercise) => exercise.tasks.map((task) => ({ exercise, task })))
}

/** A warning that has to go where the total is read, or null: an invalid task is no wrong answer. */
export function invalidWarning(result: SubmissionResult): string | null {
  const count = allTasks(result).filter(({ task }) => task.status === 'invalid').length
  if (count === 0) return null
  const tasks = count === 1 ? '1 task' : `${count} tasks`
  return `Not final: ${tasks} could not be graded, with no points so far. Grade again.`
}
