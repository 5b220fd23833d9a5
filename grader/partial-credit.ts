import type { Task } from './manifest/index.ts'
import type { SpecResult } from './run/collector.ts'
import type { Verdict } from './verdict.ts'

/**
 * The points of a task. All of them take a pass. Otherwise each part that the manifest names counts when its checks
 * ran exactly once and passed, up to one point less than the whole. Always whole points.
 * @param specs all results of the task
 */
export function earnedPoints(
  { points, partial = [] }: Task,
  { status }: Pick<Verdict, 'status'>,
  specs: readonly SpecResult[],
): number {
  if (status === 'pass') return points
  if (status === 'invalid') return 0
  const holds = (check: string) => {
    const results = specs.filter(({ title }) => title === check)
    return results.length === 1 && results[0].state === 'passed'
  }
  const parts = partial.filter(({ checks }) => checks.length > 0 && checks.every(holds))
  return Math.min(
    points - 1,
    parts.reduce((sum, part) => sum + part.points, 0),
  )
}
