import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { Tensor } from '#harness'

/** A wrong answer that people are known to give, and what it tells about their thinking. */
export type Mistake<T> = [wrong: T, diagnosis: string]

/**
 * Deep equality on plain data. When the answer is one of the known mistakes, the failure says so.
 * @param what the thing compared, in the field's words: `parameters of text_encoder_2`
 */
export function expectEqual<T>(
  actual: unknown,
  expected: T,
  what: string,
  mistakes: Mistake<unknown>[] = [],
): void {
  if (isDeepStrictEqual(actual, expected)) return
  const known = mistakes.find(([wrong]) => isDeepStrictEqual(actual, wrong))
  expect.fail(
    `${what}: expected ${show(expected)}, received ${show(actual)}.` +
      (known ? `\nLikely mistake: ${known[1]}` : ''),
  )
}

/** Numbers within a relative tolerance, with known mistakes. */
export function expectNear(
  actual: unknown,
  expected: number,
  what: string,
  { relative = 1e-5, absolute = 1e-7, mistakes = [] as Mistake<number>[] } = {},
): void {
  const near = (a: unknown, b: number) =>
    typeof a === 'number' && Math.abs(a - b) <= absolute + relative * Math.abs(b)
  if (near(actual, expected)) return
  const known = mistakes.find(([wrong]) => near(actual, wrong))
  expect.fail(
    `${what}: expected ${show(expected)}, received ${show(actual)}.` +
      (known ? `\nLikely mistake: ${known[1]}` : ''),
  )
}

/**
 * A tensor's shape, then every value; the failure quotes the first wrong index, both values and the largest error.
 * The tolerance is absolute plus relative, element by element.
 */
export function expectTensor(
  actual: unknown,
  expected: Tensor,
  what: string,
  { relative = 1e-5, absolute = 1e-6, mistakes = [] as Mistake<Tensor>[] } = {},
): void {
  const problem = differs(actual, expected, relative, absolute)
  if (!problem) return
  const known = mistakes.find(([wrong]) => !differs(actual, wrong, relative, absolute))
  expect.fail(`${what}: ${problem}` + (known ? `\nLikely mistake: ${known[1]}` : ''))
}

function differs(actual: unknown, expected: Tensor, relative: number, absolute: number): string | null {
  if (!isTensor(actual)) return `expected a tensor { dims, data: Float32Array }, received ${show(actual)}.`
  if (!isDeepStrictEqual(actual.dims, expected.dims)) {
    return `expected shape ${show(expected.dims)}, received ${show(actual.dims)}.`
  }
  let first = -1
  let worst = 0
  for (let i = 0; i < expected.data.length; i++) {
    const error = Math.abs(actual.data[i] - expected.data[i])
    if (!(error <= absolute + relative * Math.abs(expected.data[i])) && first < 0) first = i
    worst = Number.isNaN(error) ? NaN : Math.max(worst, error)
  }
  if (first < 0) return null
  const at = show(indexOf(first, expected.dims))
  return `expected ${expected.data[first]} at index ${at}, received ${actual.data[first]}; largest error ${worst}.`
}

function isTensor(value: unknown): value is Tensor {
  const candidate = value as Tensor | null
  return Array.isArray(candidate?.dims) && candidate.data instanceof Float32Array
}

function indexOf(flat: number, dims: number[]): number[] {
  return dims.map((dim, axis) => {
    const stride = dims.slice(axis + 1).reduce((product, d) => product * d, 1)
    return Math.floor(flat / stride) % dim
  })
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing (undefined)'
  const text = JSON.stringify(value, (_, v: unknown) =>
    ArrayBuffer.isView(v)
      ? `${v.constructor.name}(${v.byteLength} bytes)`
      : typeof v === 'bigint'
        ? `${v}n`
        : v,
  )
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
