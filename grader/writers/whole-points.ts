interface Scored {
  score: number
  maxScore: number
}

/** Sums of binary fractions may fall short of a whole number by this much. */
const ROUNDING = 1e-9

/**
 * Points for hosts that know whole numbers only. They add up to the exact total rounded down as far as possible, the
 * largest fractions first, and no task shows full points that did not earn them.
 */
export function wholePoints(tasks: readonly Scored[]): number[] {
  const points = tasks.map(({ score }) => Math.floor(score + ROUNDING))
  const total = Math.floor(tasks.reduce((sum, { score }) => sum + score, 0) + ROUNDING)
  let spare = total - points.reduce((sum, point) => sum + point, 0)
  const fraction = (i: number) => tasks[i].score - points[i]
  const byFraction = tasks.map((_, i) => i).sort((a, b) => fraction(b) - fraction(a) || a - b)
  for (const i of byFraction) {
    if (spare === 0) break
    if (fraction(i) <= ROUNDING || points[i] + 1 >= tasks[i].maxScore) continue
    points[i]++
    spare--
  }
  return points
}
