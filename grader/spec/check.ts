import { inspect, isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { Tensor } from '#harness'

/** A wrong answer that people are known to give, and what it tells about their thinking. */
export type Mistake<T> = [wrong: T, diagnosis: string]

/**
 * Deep equality on plain data. The failure quotes the first place that differs,
 * and when the answer is one of the known mistakes, says which.
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
  const { path, a, b } = firstDifference(actual, expected)
  fail(`${what}${path}: expected ${show(b)}, received ${show(a)}.`, known)
}

/** Numbers within a relative plus an absolute tolerance, with known mistakes. */
export function expectNear(
  actual: unknown,
  expected: number,
  what: string,
  { relative = 1e-5, absolute = 1e-7, mistakes = [] as Mistake<number>[] } = {},
): void {
  const near = (a: unknown, b: number) =>
    typeof a === 'number' && (Object.is(a, b) || Math.abs(a - b) <= absolute + relative * Math.abs(b))
  if (near(actual, expected)) return
  const known = mistakes.find(([wrong]) => near(actual, wrong))
  fail(`${what}: expected ${show(expected)}, received ${show(actual)}.`, known)
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
  fail(`${what}: ${problem}`, known)
}

function fail(problem: string, known: Mistake<unknown> | undefined): never {
  expect.fail(known ? `${problem}\nLikely mistake: ${known[1]}` : problem)
}

function differs(actual: unknown, expected: Tensor, relative: number, absolute: number): string | null {
  if (!isTensor(actual)) return `expected a tensor { dims, data: Float32Array }, received ${show(actual)}.`
  const { dims, data } = expected
  if (!isDeepStrictEqual(actual.dims, dims))
    return `expected shape ${show(dims)}, received ${show(actual.dims)}.`
  if (actual.data.length !== data.length) {
    return `expected ${data.length} values for shape ${show(dims)}, received ${actual.data.length}.`
  }
  let first = -1
  let worst = 0
  for (let i = 0; i < data.length; i++) {
    const error = Math.abs(actual.data[i] - data[i])
    if (!(error <= absolute + relative * Math.abs(data[i])) && first < 0) first = i
    worst = Number.isNaN(error) ? NaN : Math.max(worst, error)
  }
  if (first < 0) return null
  const at = `[${indexOf(first, dims).join(', ')}]`
  const [wanted, received] = [digits(data[first]), digits(actual.data[first])]
  return `expected ${wanted} at index ${at}, received ${received}; largest error ${digits(worst)}.`
}

/** As many digits as a float32 has. */
function digits(value: number): string {
  return String(Number(value.toPrecision(7)))
}

function isTensor(value: unknown): value is Tensor {
  const candidate = value as Tensor | null | undefined
  return Array.isArray(candidate?.dims) && candidate.data instanceof Float32Array
}

function indexOf(flat: number, dims: number[]): number[] {
  return dims.map((dim, axis) => {
    const stride = dims.slice(axis + 1).reduce((product, d) => product * d, 1)
    return Math.floor(flat / stride) % dim
  })
}

/** Walks down to the first place where two values differ, as long as both are containers of one kind. */
function firstDifference(a: unknown, b: unknown, path = ''): { path: string; a: unknown; b: unknown } {
  const isPlain = (value: unknown) =>
    typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return { path, a, b }
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  if (!isDeepStrictEqual(Object.keys(left).sort(), Object.keys(right).sort())) return { path, a, b }
  const key = Object.keys(right).find((name) => !isDeepStrictEqual(left[name], right[name]))
  if (key === undefined) return { path, a, b }
  return firstDifference(left[key], right[key], `${path}${Array.isArray(b) ? `[${key}]` : `.${key}`}`)
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing (undefined)'
  const text = inspect(value, {
    depth: 6,
    breakLength: Infinity,
    compact: true,
    maxArrayLength: 24,
    maxStringLength: 200,
  })
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
