import type { Graded } from '#grader/grade.ts'
import type { Status, TaskResult } from '#grader/result.ts'
import { cut } from './cut.ts'
import { allTasks, feedback } from './feedback.ts'
import { oneLine } from './one-line.ts'
import type { Writer } from './writer.ts'

const LONGEST_MESSAGE = 65_535
/** The host sets none for a test's message, but takes no file above 500 kB. */
const LONGEST_TEST_MESSAGE = 4000
const MOST_BYTES = 500_000

const statuses: Record<Status, 'pass' | 'fail' | 'error'> = {
  pass: 'pass',
  fail: 'fail',
  error: 'error',
  timeout: 'error',
  // A stub is a test that fails: with `error` the host would show no tests at all.
  'not-attempted': 'fail',
  blocked: 'fail',
  invalid: 'error',
}

/** Exercism's `results.json`, version 3. `task_id` counts the tasks that the file holds. */
export const exercism: Writer = {
  description: 'results.json of Exercism (version 3); {exercise} in FILE makes one per exercise',
  holds: 'one',
  write({ result }: Graded): string {
    const tasks = allTasks(result).map(({ task }) => task)
    const fits = [LONGEST_TEST_MESSAGE, 1000, 200].find(
      (longest) => Buffer.byteLength(results(tasks, longest)) <= MOST_BYTES,
    )
    return results(tasks, fits ?? 0)
  },
}

function results(tasks: readonly TaskResult[], longest: number): string {
  const tests = tasks.map((task, i) => ({
    name: oneLine(task.title),
    status: statuses[task.status],
    message: task.status === 'pass' ? null : cut(feedback(task), longest),
    task_id: i + 1,
  }))
  // The host's rule: only when every test is an error, and then it shows this message alone.
  const isError = tests.length > 0 && tests.every(({ status }) => status === 'error')
  const status = isError ? 'error' : tests.every((test) => test.status === 'pass') ? 'pass' : 'fail'
  const message = isError ? cut(`${tests[0].name}: ${tests[0].message}`, LONGEST_MESSAGE) : null
  return `${JSON.stringify({ version: 3, status, message, tests }, null, 2)}\n`
}
