import { defuse } from '#grader/defuse.ts'
import type { Graded } from '#grader/grade.ts'
import type { Visibility } from '#grader/manifest/index.ts'
import type { CheckResult, TaskResult } from '#grader/result.ts'
import { embedAttachments, type Embedded } from './embed.ts'
import { invalidWarning, messageOf } from './feedback.ts'
import { embeddedHtml, escapeHtml, pre, taskHtml } from './html-parts.ts'
import { oneLine } from './one-line.ts'
import type { Writer } from './writer.ts'

/** Gradescope names no limit; a page with more than this is slow to open. */
const MOST_PICTURE_BYTES = 6_000_000

/** The host's word for each of ours, in the order in which rows are shown. */
const visibilities = { always: 'visible', 'after-due': 'after_due_date', never: 'hidden' } as const

/**
 * Gradescope's `results.json`. Give it the instructor's view: the host knows the due date and opens by itself the rows
 * that wait for it. Pictures stand in the text as data URLs; a path into the container shows nothing.
 */
export const gradescope: Writer = {
  description: 'results.json of Gradescope, pictures inside',
  holds: 'one',
  async write(graded: Graded): Promise<string> {
    const { result } = graded
    const embedded = await embedAttachments(graded, MOST_PICTURE_BYTES)
    const tests = result.exercises.flatMap((exercise, e) => {
      const own = embedded.filter((one) => one.exercise === exercise.id)
      const rows = exercise.tasks.flatMap((task, t) => {
        const number = `${e + 1}.${t + 1}`
        const closed = closedChecks(task).map((check, c) =>
          checkTest(check, task.title, `${number}.${c + 1}`),
        )
        return [taskTest(task, exercise.id, number), ...closed]
      })
      const shown = Object.keys(visibilities) as Visibility[]
      const pictures = shown
        .map((visibility) => own.filter((one) => one.visibility === visibility))
        .filter((some) => some.length > 0)
        .map((some, p) => pictureTest(some, exercise.title, `${e + 1}.${exercise.tasks.length + p + 1}`))
      return [...rows, ...pictures]
    })
    const warning = invalidWarning(result)
    const report = {
      execution_time: result.exercises.flatMap(({ tasks }) => tasks).reduce(addSeconds, 0),
      output: warning === null ? '' : `<p><strong>${escapeHtml(warning)}</strong></p>`,
      output_format: 'html',
      test_output_format: 'html',
      test_name_format: 'text',
      visibility: 'visible',
      stdout_visibility: 'hidden',
      extra_data: { score: result.score, max_score: result.maxScore, isolation: result.isolation },
      tests,
    }
    return `${JSON.stringify(report, null, 2)}\n`
  },
}

function taskTest(task: TaskResult, exercise: string, number: string) {
  return {
    name: oneLine(task.title),
    number,
    score: task.score,
    max_score: task.maxScore,
    status: task.status === 'pass' ? 'passed' : 'failed',
    output: taskHtml(task, openMessage(task)),
    tags: [exercise, task.status],
    visibility: 'visible',
    extra_data: { id: task.id, status: task.status },
  }
}

function closedChecks({ checks = [] }: TaskResult): CheckResult[] {
  return checks.filter(({ visibility }) => visibility !== 'always')
}

/** What may be read at any time: the closed checks have rows of their own. */
function openMessage(task: TaskResult): string {
  const { checks = [], notes = [] } = task
  const closed = closedChecks(task).length
  if (closed === 0 || task.status === 'not-attempted') return messageOf(task)
  const open = checks.filter(({ visibility }) => visibility === 'always').map(({ message }) => message)
  const more = closed === 1 ? '1 more check counts.' : `${closed} more checks count.`
  return defuse([...open, ...notes, more].filter((line) => line !== '').join('\n'))
}

/** A row for information, its points being the task's. The host knows the due date, and opens it then. */
function checkTest({ title, status, message, visibility }: CheckResult, task: string, number: string) {
  return {
    name: oneLine(`${task}: ${title}`),
    number,
    status: status === 'pass' ? 'passed' : 'failed',
    output: message === '' ? '' : pre(defuse(message)),
    visibility: visibilities[visibility],
  }
}

/** Without points, so that the host takes it for information. */
function pictureTest(parts: readonly Embedded[], title: string, number: string) {
  return {
    name: `${title}: pictures`,
    number,
    status: 'passed',
    output: parts.map(embeddedHtml).join(''),
    visibility: visibilities[parts[0].visibility],
  }
}

function addSeconds(sum: number, { durationMs }: TaskResult): number {
  return Math.round(sum * 1000 + durationMs) / 1000
}
