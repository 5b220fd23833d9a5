import type { Graded } from '#grader/grade.ts'
import { exercises } from '#grader/manifest/index.ts'
import type { Isolation } from '#grader/result.ts'
import { score } from '#grader/score.ts'
import { defuse } from '#grader/defuse.ts'

/** The result of a submission that could not be graded: every task `invalid`, and why. */
export function invalid(name: string, why: string, isolation: Isolation): Graded {
  const result = score({ specs: [], problems: [] }, [], isolation)
  for (const task of result.exercises.flatMap(({ tasks }) => tasks)) {
    Object.assign(task, { status: 'invalid', score: 0, message: defuse(why) })
  }
  const none = () => new Map(exercises.map(({ id }) => [id, []]))
  return { name, result, attachments: none(), predictions: none() }
}
