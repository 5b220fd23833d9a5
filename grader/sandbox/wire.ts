/**
 * Plain data as bytes: a tag a value, then what belongs to it. Not structured clone: a few megabytes of that can ask
 * its reader for a hundred times the memory, or for hash tables whose keys all collide. Here a value takes no more
 * than its bytes say, and there is nothing but plain data to ask for.
 */
export const tags = {
  ...{ undefined: 0, null: 1, false: 2, true: 3, number: 4, string: 5 },
  ...{ bigint: 6, array: 7, object: 8, typedArray: 9 },
} as const

export const TYPED_ARRAYS = [
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
  ...[BigInt64Array, BigUint64Array, Float32Array, Float64Array],
]

/** A bigint is written as two halves; one of megabytes would take minutes to print. */
export const BIGINT_BITS = 128
export const HALF_BIGINT = 64n
