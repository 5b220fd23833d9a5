import type { Image } from '#harness'
import { ArgumentError } from '../../harness/errors.ts'

/** How far two pictures lie apart, in levels of 255. */
export interface Difference {
  largest: number
  mean: number
  /** Values that are the same, of all. */
  same: number
  values: number
}

/** @throws ArgumentError when the pictures differ in size */
export function differenceOf(actual: Image, expected: Image): Difference {
  if (actual.width !== expected.width || actual.height !== expected.height)
    throw new ArgumentError(
      `The pictures are ${actual.height} × ${actual.width} and ${expected.height} × ${expected.width}.`,
      'Draw both at one size.',
    )
  const { data } = actual
  let [largest, total, same] = [0, 0, 0]
  for (let i = 0; i < data.length; i++) {
    const apart = Math.abs(data[i] - expected.data[i])
    largest = Math.max(largest, apart)
    total += apart
    if (apart === 0) same++
  }
  return { largest, mean: total / data.length, same, values: data.length }
}

/** Of several pairs as if they were one: the largest of all, the mean over all values. */
export function overall(differences: readonly Difference[]): Difference {
  const sum = (of: (one: Difference) => number) => differences.reduce((all, one) => all + of(one), 0)
  const values = sum((one) => one.values)
  return {
    largest: Math.max(...differences.map(({ largest }) => largest)),
    mean: sum((one) => one.mean * one.values) / values,
    same: sum(({ same }) => same),
    values,
  }
}
