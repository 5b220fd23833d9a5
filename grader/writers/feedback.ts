import { defuse } from '#grader/defuse.ts'
import type { CheckResult, ExerciseResult, Status, SubmissionResult, TaskResult } from '#grader/result.ts'

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

/** The checks of a task that are not for students to see at once; none when its grade does not list checks. */
export function closedChecks({ checks = [] }: TaskResult): CheckResult[] {
  return checks.filter(({ visibility }) => visibility !== 'always')
}

/** One line: what became of a task. */
export function statusLine({ status, score }: TaskResult): string {
  return status !== 'pass' && score > 0 ? `${words[status]}, in part right` : words[status]
}

/**
 * What students may read about a task at any time, for hosts without dates: status and points always, the messages
 * of open checks, and how many more count.
 */
export function openMessage(task: TaskResult): string {
  if (task.message === '' || task.status === 'not-attempted') return ''
  const closed = closedChecks(task).length
  if (closed === 0) return defuse(task.message)
  const open = (task.checks ?? []).filter(
    ({ visibility, message }) => visibility === 'always' && message !== '',
  )
  const more = closed === 1 ? '1 check counts' : `${closed} checks count`
  return [...open.map(({ message }) => defuse(message)), `${more} without being shown here.`].join('\n')
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
