import type { Tensor } from '#harness'

/** How far tensors lie from those they should be, all of their values taken together. */
export interface Difference {
  /** ‖actual − expected‖ / ‖expected‖ in float64; Infinity when a value is not finite. */
  relative: number
  /** The largest |actual − expected|. */
  largest: number
  /** The mean of |actual − expected|. */
  mean: number
  /** The root mean square of `expected`: says whether it is worth comparing. */
  magnitude: number
  /** Values of `actual` that are NaN or infinite. */
  notFinite: number
}

/** Compares lists of tensors value by value, one for each seed; another shape, or none, counts as infinitely far. */
export function difference(actual: readonly (Tensor | undefined)[], expected: readonly Tensor[]): Difference {
  let squares = 0
  let norm = 0
  let sum = 0
  let count = 0
  let largest = 0
  let notFinite = 0
  let otherShape = actual.length !== expected.length
  for (const [seed, { dims, data }] of expected.entries()) {
    const own = actual[seed]
    otherShape ||= own?.dims.join() !== dims.join()
    for (let i = 0; i < data.length; i++) {
      const error = Math.abs((own?.data[i] ?? NaN) - data[i])
      norm += data[i] * data[i]
      count++
      if (!Number.isFinite(error)) {
        notFinite++
        continue
      }
      squares += error * error
      sum += error
      if (error > largest) largest = error
    }
  }
  const magnitude = Math.sqrt(norm / count)
  if (otherShape) return { relative: Infinity, largest: Infinity, mean: Infinity, magnitude, notFinite: 0 }
  const relative = notFinite > 0 ? Infinity : Math.sqrt(squares / norm)
  return { relative, largest, mean: sum / count, magnitude, notFinite }
}

/** The middle value; the mean of the middle two of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
