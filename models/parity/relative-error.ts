import type { Tensor } from '#harness'

/** How far a tensor lies from the one it should be. */
export interface Difference {
  /** ‖actual − expected‖ / ‖expected‖ over all values, in float64; Infinity when a value is not finite. */
  relative: number
  /** The largest |actual − expected|. */
  largest: number
  /** The mean of |actual − expected|. */
  mean: number
  /** Values of `actual` that are NaN or infinite. */
  notFinite: number
}

/** Compares two tensors value by value; another shape counts as infinitely far. */
export function difference(actual: Tensor, expected: Tensor): Difference {
  if (actual.dims.join() !== expected.dims.join()) {
    return { relative: Infinity, largest: Infinity, mean: Infinity, notFinite: 0 }
  }
  let squares = 0
  let norm = 0
  let sum = 0
  let largest = 0
  let notFinite = 0
  for (let i = 0; i < expected.data.length; i++) {
    const reference = expected.data[i]
    const error = Math.abs(actual.data[i] - reference)
    norm += reference * reference
    if (!Number.isFinite(error)) {
      notFinite++
      continue
    }
    squares += error * error
    sum += error
    if (error > largest) largest = error
  }
  const relative = notFinite > 0 ? Infinity : Math.sqrt(squares / norm)
  return { relative, largest, mean: sum / expected.data.length, notFinite }
}

/** The root of the mean square: says whether a tensor is worth comparing. */
export function rootMeanSquare({ data }: Tensor): number {
  let squares = 0
  for (const value of data) squares += value * value
  return Math.sqrt(squares / data.length)
}

/** The middle value; the mean of the middle two of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
