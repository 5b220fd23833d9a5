import { explained as list, type Explained } from './explained.ts'
import type { Mutation } from './run-stryker.ts'

/** A mutant that no spec killed. */
export interface Survivor {
  line: number
  code: string
  mutator: string
  original: string
  replacement: string
  /** Absent when nobody has looked at it. */
  reason?: string
}

/** What became of the mutants of one exercise. */
export interface Scored {
  exercise: string
  killed: number
  /** Of those killed, the ones that never came to an end. */
  timedOut: number
  total: number
  survivors: Survivor[]
  /** Explanations of mutants that are not there, or are killed. */
  stale: Explained[]
  seconds: number
}

/** Counts as Stryker does: killed and timed out, of all but those that do not compile or were left out. */
export function score(
  exercise: string,
  { source, mutants }: { source: string; mutants: Mutation[] },
  seconds: number,
  explained: readonly Explained[] = list,
): Scored {
  const count = (...wanted: Mutation['status'][]) =>
    mutants.filter(({ status }) => wanted.includes(status)).length
  const known = explained.filter((one) => one.exercise === exercise)
  const survivors = mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map((mutation) => describe(mutation, source))
  const matches = (one: Explained, survivor: Survivor) =>
    one.line === survivor.code &&
    one.mutator === survivor.mutator &&
    squeezed(one.replacement) === squeezed(survivor.replacement)
  for (const survivor of survivors) {
    const reason = known.find((one) => matches(one, survivor))?.reason
    if (reason !== undefined) survivor.reason = reason
  }
  return {
    exercise,
    killed: count('Killed', 'Timeout'),
    timedOut: count('Timeout'),
    total: count('Killed', 'Timeout', 'Survived', 'NoCoverage'),
    survivors,
    stale: known.filter((one) => !survivors.some((survivor) => matches(one, survivor))),
    seconds,
  }
}

/** Per cent. */
export function percentage({ killed, total }: { killed: number; total: number }): number {
  return total === 0 ? 0 : (100 * killed) / total
}

/** What stands against a good result; empty when nothing does. */
export function complaints(scored: Scored, least: number): string[] {
  const { exercise, survivors, stale } = scored
  const reached = percentage(scored)
  return [
    ...(reached < least
      ? [`${exercise}: ${reached.toFixed(1)} % of mutants are killed, expected ${least} %.`]
      : []),
    ...survivors
      .filter(({ reason }) => reason === undefined)
      .map(
        ({ line, code, mutator }) =>
          `${exercise}: nobody has explained the ${mutator} of line ${line}: ${code}`,
      ),
    ...stale.map(
      ({ line, mutator }) => `${exercise}: explained.ts explains a ${mutator} that does not survive: ${line}`,
    ),
  ]
}

function describe(
  { location: { start, end }, mutatorName, replacement }: Mutation,
  source: string,
): Survivor {
  const lines = source.split('\n')
  const span = lines.slice(start.line - 1, end.line)
  span[span.length - 1] = span[span.length - 1].slice(0, end.column - 1)
  span[0] = span[0].slice(start.column - 1)
  return {
    line: start.line,
    code: lines[start.line - 1].trim(),
    mutator: mutatorName,
    original: span.join('\n'),
    replacement,
  }
}

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, '')
}
