import { defuse } from '#grader/defuse.ts'
import type { Graded } from '#grader/grade.ts'
import type { TaskResult } from '#grader/result.ts'
import { embedAttachments } from './embed.ts'
import { invalidWarning, visibilityOf, type Visibility } from './feedback.ts'
import { embeddedHtml, escapeHtml, taskHtml } from './html-parts.ts'
import { oneLine } from './one-line.ts'
import type { Writer } from './writer.ts'

/** Gradescope names no limit; a page with more than this is slow to open. */
const MOST_PICTURE_BYTES = 6_000_000

const visibilities: Record<Visibility, 'visible' | 'after_due_date' | 'hidden'> = {
  always: 'visible',
  'after-due-date': 'after_due_date',
  never: 'hidden',
}

/** Gradescope's `results.json`. Pictures stand in the text as data URLs; a path into the container shows nothing. */
export const gradescope: Writer = {
  description: 'results.json of Gradescope, pictures inside',
  holds: 'one',
  async write(graded: Graded): Promise<string> {
    const { result } = graded
    const embedded = await embedAttachments(graded, MOST_PICTURE_BYTES)
    const tests = result.exercises.flatMap((exercise, e) => {
      const own = embedded.filter((one) => one.exercise === exercise.id)
      const rows = exercise.tasks.map((task, t) => taskTest(task, exercise.id, `${e + 1}.${t + 1}`))
      return own.length === 0 ? rows : [...rows, pictureTest(own.map(embeddedHtml), exercise.title, e, rows)]
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
  const isWhole = task.status === 'not-attempted' || task.message === ''
  return {
    name: oneLine(task.title),
    number,
    score: task.score,
    max_score: task.maxScore,
    status: task.status === 'pass' ? 'passed' : 'failed',
    // The host itself keeps what is not to be seen yet.
    output: taskHtml(task, isWhole ? '' : defuse(task.message)),
    tags: [exercise, task.status],
    visibility: visibilities[visibilityOf(task)],
    extra_data: { id: task.id, status: task.status },
  }
}

/** Without points, so that the host takes it for information. */
function pictureTest(parts: string[], title: string, exercise: number, rows: unknown[]) {
  return {
    name: `${title}: pictures`,
    number: `${exercise + 1}.${rows.length + 1}`,
    status: 'passed',
    output: parts.join(''),
    visibility: 'visible',
  }
}

function addSeconds(sum: number, { durationMs }: TaskResult): number {
  return Math.round(sum * 1000 + durationMs) / 1000
}
