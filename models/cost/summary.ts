import type { Samples } from './measure.ts'
import { parts, type Part } from './subject.ts'

/** Milliseconds. */
export interface Spread {
  median: number
  /** A quarter of the samples lie below, a quarter above. */
  low: number
  high: number
  samples: number
}

/** What is read of a subject: `step` is one of a picture's steps, guidance and Euler step included. */
export type Row = Exclude<Part, 'steps'> | 'step'
export const rows: readonly Row[] = ['encode', 'step', 'decode', 'picture']

export interface Summary {
  /** By subject. */
  times: Record<string, Record<Row, Spread>>
  /** The largest difference of any channel from the first subject's picture, in levels of 255. */
  levels: Record<string, number>
  failures: Record<string, string>
}

export function summarise(
  { seconds, pictures, failures }: Samples,
  steps: number,
  reference: string,
): Summary {
  const times: Summary['times'] = {}
  for (const [name, taken] of Object.entries(seconds)) {
    if (!parts.every((part) => taken[part].length > 0)) continue // It failed on the way.
    const { encode, steps: loops, decode, picture } = taken
    const step = loops.map((loop) => loop / steps)
    times[name] = {
      encode: spread(encode),
      step: spread(step),
      decode: spread(decode),
      picture: spread(picture),
    }
  }
  const expected = pictures[reference]
  const differences = Object.entries(pictures)
    .filter(([name]) => name in times && expected !== undefined)
    .map(([name, picture]) => [name, largestDifference(picture, expected)] as const)
  return { times, levels: Object.fromEntries(differences), failures }
}

/** @param seconds at least one */
export function spread(seconds: readonly number[]): Spread {
  const sorted = seconds.map((value) => value * 1000).sort((a, b) => a - b)
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75), samples: sorted.length } // prettier-ignore
}

/** Between two samples, in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (place - below) * (sorted[above] - sorted[below])
}

function largestDifference(actual: Uint8Array, expected: Uint8Array): number {
  if (actual.length !== expected.length) return 255
  let largest = 0
  for (let i = 0; i < actual.length; i++) largest = Math.max(largest, Math.abs(actual[i] - expected[i]))
  return largest
}
