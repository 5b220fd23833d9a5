import { defuse } from './defuse.ts'
import type { Visibility } from './manifest/index.ts'
import type { CheckResult, SubmissionResult, TaskResult } from './result.ts'

/** When work was due, as far as that is known, and what time it is for the reader. */
export interface Calendar {
  due?: Date | undefined
  now: Date
}

/** Whether a student may see it. Without a due date, what waits for it stays hidden. */
export function isVisible(visibility: Visibility, { due, now }: Calendar): boolean {
  if (visibility === 'always') return true
  return visibility === 'after-due' && due !== undefined && now.getTime() > due.getTime()
}

/**
 * A result as its student may see it: hidden checks lose their titles and messages, and the task says that they are
 * there. Points stay as they are, since hidden checks count.
 */
export function studentView(result: SubmissionResult, calendar: Calendar): SubmissionResult {
  const exercises = result.exercises.map((exercise) => ({
    ...exercise,
    tasks: exercise.tasks.map((task) => taskView(task, calendar)),
  }))
  return { ...result, exercises }
}

function taskView(task: TaskResult, calendar: Calendar): TaskResult {
  const { checks = [] } = task
  const shown = checks.filter(({ visibility }) => isVisible(visibility, calendar))
  const hidden = checks.filter((check) => !shown.includes(check))
  if (hidden.length === 0) return task
  const failed = shown.filter(({ status }) => status !== 'pass')
  const decisive = failed.find(({ status }) => status !== 'not-attempted') ?? failed[0]
  const message = [decisive?.message ?? '', ...(task.notes ?? []), ...hiddenNotes(hidden, calendar)]
  return {
    ...task,
    checks: shown,
    hiddenChecks: hidden.length,
    message: defuse(message.filter((line) => line !== '').join('\n')),
  }
}

function hiddenNotes(hidden: readonly CheckResult[], { due }: Calendar): string[] {
  const count = (visibility: Visibility) => hidden.filter((check) => check.visibility === visibility).length
  const says = (number: number, one: string, many: string) =>
    number === 0
      ? []
      : [number === 1 ? `1 hidden check counts too; ${one}.` : `${number} hidden checks count too; ${many}.`]
  const date = due ? `shown after ${due.toISOString()}` : 'kept back, since no due date is set'
  return [
    ...says(count('after-due'), `it is ${date}`, `they are ${date}`),
    ...says(count('never'), 'it is never shown', 'they are never shown'),
  ]
}
