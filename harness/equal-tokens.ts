import { zeros, type Tensor } from './tensor.ts'

/** Fewer tokens than there were, and how many each of them stands for. */
export interface MergedTokens {
  tokens: Tensor // [batch, kept, width]
  sizes: Tensor // [batch, kept]
}

/** Neighbours of one run: where it begins, and how many they are. */
interface Run {
  start: number
  length: number
}

/** Rows that rounding alone tells apart: the length of their difference over that of the run's first row. */
const SAME = 1e-5

/**
 * Lets one token stand for a run of equal ones, such as the pads of sd3-nano's T5, or the zeros that stand for an absent one. SD3's text has
 * no positions once the encoders are done, so in the transformer tokens that are equal stay equal; whoever attends to them
 * must only count them, by adding the logarithm of a token's size to its scores (proportional attention: Bolya et al.
 * 2023, arXiv 2210.09461, eq. 1). Up to rounding the result is that of all tokens.
 *
 * Rows of a batch keep equally many: one with fewer runs has its longest cut into equal parts, whose sizes need not be
 * whole.
 */
export function mergeEqualTokens(text: Tensor): MergedTokens {
  const { data } = text
  const [batch, count, width] = text.dims
  if (batch * count === 0) return { tokens: text, sizes: zeros([batch, count]) }
  const rows = Array.from({ length: batch }, (_, i) =>
    runsOf(data.subarray(i * count * width, (i + 1) * count * width), width),
  )
  const kept = Math.max(...rows.map((runs) => runs.length))
  const tokens = new Float32Array(batch * kept * width)
  const sizes = new Float32Array(batch * kept)
  for (const [i, runs] of rows.entries()) {
    let at = i * kept
    const longest = runs.reduce((best, run) => (run.length > best.length ? run : best))
    for (const run of runs) {
      const parts = run === longest ? 1 + kept - runs.length : 1
      const from = (i * count + run.start) * width
      for (let part = 0; part < parts; part++, at++) {
        tokens.set(data.subarray(from, from + width), at * width)
        sizes[at] = run.length / parts
      }
    }
  }
  return { tokens: { dims: [batch, kept, width], data: tokens }, sizes: { dims: [batch, kept], data: sizes } }
}

function runsOf(data: Float32Array, width: number): Run[] {
  const runs: Run[] = []
  for (let i = 0; i < data.length / width; i++) {
    const run = runs.at(-1)
    if (run && areEqual(data, run.start * width, i * width, width)) run.length++
    else runs.push({ start: i, length: 1 })
  }
  return runs
}

function areEqual(data: Float32Array, first: number, second: number, width: number): boolean {
  let difference = 0
  let square = 0
  for (let i = 0; i < width; i++) {
    difference += (data[second + i] - data[first + i]) ** 2
    square += data[first + i] ** 2
  }
  return square < Infinity && difference <= SAME ** 2 * square
}
