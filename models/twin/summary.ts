import { contestants, type Contestant } from './contestant.ts'
import type { Shot } from './measure-batch.ts'

/** One contestant at one step count, over all captions. */
export interface Row {
  contestant: Contestant['id']
  steps: number
  /** Share of the pictures in which the judge finds what the caption says. */
  agreement: number
  distance: number
  straightness: number
  /** Per picture. */
  seconds: number
}

/** Averages over captions, in the order of the contestants, few steps first. */
export function summarise(shots: readonly Shot[]): Row[] {
  const stepCounts = [...new Set(shots.map(({ steps }) => steps))].sort((a, b) => a - b)
  return contestants.flatMap(({ id }) =>
    stepCounts.map((steps): Row => {
      const own = shots.filter((shot) => shot.contestant === id && shot.steps === steps)
      return {
        contestant: id,
        steps,
        agreement: mean(own.map((shot) => Number(shot.agrees))),
        distance: mean(own.map(({ distance }) => distance)),
        straightness: mean(own.map(({ straightness }) => straightness)),
        seconds: mean(own.map(({ seconds }) => seconds)),
      }
    }),
  )
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
