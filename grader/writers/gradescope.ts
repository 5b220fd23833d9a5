import { defuse } from '#grader/defuse.ts'
import type { Graded } from '#grader/grade.ts'
import type { CheckResult, TaskResult } from '#grader/result.ts'
import { embedAttachments } from './embed.ts'
import { closedChecks, invalidWarning } from './feedback.ts'
import { embeddedHtml, escapeHtml, pre, taskHtml } from './html-parts.ts'
import { oneLine } from './one-line.ts'
import type { Writer } from './writer.ts'

/** Gradescope names no limit; a page with more than this is slow to open. */
const MOST_PICTURE_BYTES = 6_000_000

const visibilities = { always: 'visible', 'after-due': 'after_due_date', never: 'hidden' } as const

/** Gradescope's `results.json`. Pictures stand in the text as data URLs; a path into the container shows nothing. */
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
      const last = `${e + 1}.${exercise.tasks.length + 1}`
      return own.length === 0 ? rows : [...rows, pictureTest(own.map(embeddedHtml), exercise.title, last)]
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
    output: taskHtml(task),
    tags: [exercise, task.status],
    visibility: 'visible',
    extra_data: { id: task.id, status: task.status },
  }
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
function pictureTest(parts: string[], title: string, number: string) {
  return {
    name: `${title}: pictures`,
    number,
    status: 'passed',
    output: parts.join(''),
    visibility: 'visible',
  }
}

function addSeconds(sum: number, { durationMs }: TaskResult): number {
  return Math.round(sum * 1000 + durationMs) / 1000
}
