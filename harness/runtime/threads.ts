import { ArgumentError } from '../errors.ts'

/**
 * How many threads a graph runs on: what the environment variable SD3_THREADS says. By default as many as there are
 * cores, which is undefined here; whoever runs several processes at once shares the cores out.
 * @throws ArgumentError unless it is a whole number from 1
 */
export function threadCount(asked = process.env.SD3_THREADS): number | undefined {
  if (!asked) return undefined
  const count = Number(asked)
  if (Number.isInteger(count) && count >= 1) return count
  throw new ArgumentError(
    `SD3_THREADS is "${asked}".`,
    'Set it to a whole number, at least 1, or leave it out: then every core is used.',
  )
}
