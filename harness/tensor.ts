import { ShapeError } from './errors.ts'

/**
 * A dense float32 array in row-major order: what every exercise, the pipeline and the grader pass around.
 * A plain record on purpose, so that it crosses a process boundary by structured clone.
 */
export interface Tensor {
  dims: number[]
  data: Float32Array
}

/** Makes a tensor, checking that the data fill the shape. @throws ShapeError when they do not. */
export function tensor(dims: readonly number[], data: Float32Array | readonly number[]): Tensor {
  const values = data instanceof Float32Array ? data : Float32Array.from(data)
  if (values.length !== sizeOf(dims)) {
    throw new ShapeError(
      `${values.length} values cannot fill ${formatShape(dims)}, which holds ${sizeOf(dims)}.`,
      'Pass one value per element, in row-major order.',
    )
  }
  return { dims: [...dims], data: values }
}

/** A tensor of zeros. */
export function zeros(dims: readonly number[]): Tensor {
  return { dims: [...dims], data: new Float32Array(sizeOf(dims)) }
}

/** Number of elements in a shape; 1 for a scalar's `[]`. @throws ShapeError when it is no list of axes. */
export function sizeOf(dims: readonly number[]): number {
  const received: unknown = dims
  if (!Array.isArray(received)) {
    const what =
      received === null || received === undefined ? String(received) : `a value of type ${typeof received}`
    throw new ShapeError(
      `sizeOf received ${what}.`,
      'Pass a list of axes: the dims of a tensor, the shape of a parameter.',
    )
  }
  return dims.reduce((product, dim) => product * dim, 1)
}

/** `[1, 16, 32, 48]` as people write it. */
export function formatShape(dims: readonly (number | string)[]): string {
  return `[${dims.join(', ')}]`
}

/**
 * Checks a tensor against a shape, and that its data fill it; a `null` axis may have any length.
 * @throws ShapeError naming the tensor, the shape that came and the one expected.
 */
export function assertShape(value: Tensor, expected: readonly (number | null)[], name: string): void {
  const fits =
    value.dims.length === expected.length &&
    expected.every((dim, axis) => dim === null || dim === value.dims[axis])
  if (!fits) {
    throw new ShapeError(
      `${name} has shape ${formatShape(value.dims)}.`,
      `Expected ${formatShape(expected.map((dim) => dim ?? 'any'))}.`,
    )
  }
  if (value.data.length !== sizeOf(value.dims)) {
    throw new ShapeError(
      `${name} has shape ${formatShape(value.dims)} and ${value.data.length} values.`,
      `Expected ${sizeOf(value.dims)} values: change dims and data together.`,
    )
  }
}

/** @throws ShapeError for a tensor that has no value, because one of its dimensions is 0 */
export function assertNotEmpty({ dims }: Tensor, name: string): void {
  if (!dims.includes(0)) return
  throw new ShapeError(`${name} has shape ${formatShape(dims)}.`, 'Expected no dimension of 0.')
}

/** Joins tensors along one axis; all other axes must agree. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors
  if (!first) throw new ShapeError('There is nothing to concatenate.', 'Pass at least one tensor.')
  for (const other of tensors) {
    const expected = first.dims.map((dim, i) => (i === axis ? null : dim))
    assertShape(other, expected, `A tensor to concatenate along axis ${axis}`)
  }
  const dims = first.dims.map((dim, i) =>
    i === axis ? tensors.reduce((sum, t) => sum + t.dims[axis], 0) : dim,
  )
  const result = zeros(dims)
  const outer = sizeOf(first.dims.slice(0, axis))
  const inner = sizeOf(first.dims.slice(axis + 1))
  let offset = 0
  for (let row = 0; row < outer; row++) {
    for (const { dims: own, data } of tensors) {
      const length = own[axis] * inner
      result.data.set(data.subarray(row * length, (row + 1) * length), offset)
      offset += length
    }
  }
  return result
}

/** The part `[start, end)` of the first axis, sharing memory with `value`. */
export function rows(value: Tensor, start: number, end: number): Tensor {
  const inner = sizeOf(value.dims.slice(1))
  return {
    dims: [end - start, ...value.dims.slice(1)],
    data: value.data.subarray(start * inner, end * inner),
  }
}
