import type { Graded } from '#grader/grade.ts'
import type { SubmissionResult, TaskResult } from '#grader/result.ts'
import { cut } from './cut.ts'
import { allTasks, feedback } from './feedback.ts'
import { oneLine } from './one-line.ts'
import { wholePoints } from './whole-points.ts'
import type { Writer } from './writer.ts'

/** Linux refuses an environment variable of 128 KiB, and the reporter reads this from one. */
const MOST_BASE64 = 120_000

/** One row of `classroom-resources/autograding-grading-reporter@v1`. */
interface Row {
  name: string
  status: 'pass' | 'fail' | 'error'
  score: number
  message: string
  test_code: string
  filename: string
  line_no: number
  duration: number
}

/**
 * `RESULT` for the reporter of GitHub's autograding actions: base64 of one runner's JSON. Its table shows
 * passed rows ÷ rows × max_score, its total the sum of row scores; a row for each point makes both the same.
 */
export const githubResult: Writer = {
  description: 'RESULT for autograding-grading-reporter, base64; {exercise} in FILE makes one per exercise',
  holds: 'one',
  write({ result }: Graded): string {
    const encode = (longest: number) =>
      Buffer.from(JSON.stringify(payload(result, longest))).toString('base64')
    const fits = [500, 150].map(encode).find(({ length }) => length <= MOST_BASE64)
    return fits ?? encode(0)
  },
}

function payload(result: SubmissionResult, longest: number) {
  const tasks = allTasks(result).map(({ task }) => task)
  const points = wholePoints(tasks)
  const tests = tasks.flatMap((task, i) => rows(task, points[i], longest))
  const short = tasks.filter((task, i) => points[i] < task.maxScore)
  const status = short.length === 0 ? 'pass' : short.every(isError) ? 'error' : 'fail'
  return { version: 1, status, max_score: tests.length, tests }
}

/** The points of a task, those earned first. The first one lost says what is wrong. */
function rows(task: TaskResult, points: number, longest: number): Row[] {
  const title = oneLine(task.title)
  return Array.from({ length: task.maxScore }, (_, i) => {
    const isEarned = i < points
    const isFirstLost = i === points
    return {
      name: task.maxScore === 1 ? title : `${title} (point ${i + 1} of ${task.maxScore})`,
      status: isEarned ? 'pass' : isFirstLost && isError(task) ? 'error' : 'fail',
      score: isEarned ? 1 : 0,
      // For an error the reporter prints this instead of the name.
      message: isFirstLost ? cut(`${title}: ${feedback(task)}`, longest) : '',
      ...{ test_code: '', filename: '', line_no: 0, duration: i === 0 ? task.durationMs : 0 },
    }
  })
}

function isError({ status }: TaskResult): boolean {
  return status === 'error' || status === 'timeout' || status === 'invalid'
}
