/** A difference of two shares, and half the width of its 95 % interval. */
export interface Difference {
  mean: number
  uncertainty: number
}

/**
 * How much of the agreement is lost, over pictures that were drawn twice from the same noise.
 * @param before whether each picture was right with all encoders
 * @param after whether it was with some of them silent
 */
export function loss(before: readonly boolean[], after: readonly boolean[]): Difference {
  const each = before.map((right, i) => Number(right) - Number(after[i]))
  const mean = each.reduce((sum, one) => sum + one, 0) / each.length
  const variance = each.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (each.length - 1)
  return { mean, uncertainty: 1.96 * Math.sqrt(variance / each.length) }
}

/** By how much one loss is larger than another of other pictures. */
export function difference(one: Difference, other: Difference): Difference {
  return { mean: one.mean - other.mean, uncertainty: Math.hypot(one.uncertainty, other.uncertainty) }
}

/** `12.0 ± 3.4`, in percentage points. */
export function points({ mean, uncertainty }: Difference): string {
  return `${(100 * mean).toFixed(1)} ± ${(100 * uncertainty).toFixed(1)}`
}
