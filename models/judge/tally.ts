import type { Claim } from './held-out.ts'
import type { Reading } from './scene-judge.ts'
import { parts, scores, type Part } from './scores.ts'

/** Of how many pictures, how many were right: in all, and part by part. */
export interface Tally extends Record<Part | 'whole', number> {
  captions: number
}

export const columns = ['whole', ...parts] as const

export function emptyTally(): Tally {
  const none = Object.fromEntries(columns.map((column) => [column, 0])) as Record<Part | 'whole', number>
  return { captions: 0, ...none }
}

/** Counts one picture. @returns whether it was right in all parts */
export function count(tally: Tally, reading: Reading, claim: Claim): boolean {
  const right = scores(reading, claim)
  const whole = parts.every((part) => right[part])
  tally.captions++
  tally.whole += Number(whole)
  for (const part of parts) tally[part] += Number(right[part])
  return whole
}

/** A row of a table: how many captions, then each share in per cent. */
export function cells(tally: Tally): string[] {
  const share = (right: number) => `${((100 * right) / tally.captions).toFixed(1)} %`
  return [String(tally.captions), ...columns.map((column) => share(tally[column]))]
}
