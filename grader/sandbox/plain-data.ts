const ADVICE = 'Return numbers, strings, arrays, plain objects and typed arrays only.'
const AWAIT = 'Likely mistake: An await is missing. For a list of promises it is await Promise.all(list).'

/** What crosses the sandbox's wall: nothing that could act when it is looked at. */
export class NotPlainDataError extends Error {
  override readonly name = 'NotPlainDataError'
  readonly code = 'NOT_PLAIN_DATA'

  constructor(problem: string, advice = ADVICE) {
    super(`${problem}\n${advice}`)
  }
}

const DEEPEST = 32
const MOST_VALUES = 1_000_000
const MOST_BYTES = 2 ** 27
const BIGINT_BITS = 128

const TYPED_ARRAYS = [
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
  ...[BigInt64Array, BigUint64Array, Float32Array, Float64Array],
]

/**
 * What a submission hands over, made plain in its own process, where getters and proxies may act.
 * @throws NotPlainDataError naming the place
 */
export function plainCopy(value: unknown, what: string): unknown {
  let clone: unknown
  try {
    clone = structuredClone(value)
  } catch (error) {
    const { message } = error as Error
    if (message.startsWith('#<Promise>'))
      throw new NotPlainDataError(`${what} holds a promise where its value is expected.`, AWAIT)
    throw new NotPlainDataError(`${what}: ${message}`)
  }
  return copyPlainData(clone, what)
}

/**
 * Copies what structured clone delivered, so that the copy holds plain objects and arrays of this realm and nothing
 * else: no maps, dates, errors or holes, no `__proto__` key, neither deep nor large enough to hurt.
 * @throws NotPlainDataError naming the place
 */
function copyPlainData(value: unknown, what: string): unknown {
  let count = 0
  let bytes = 0
  const copy = (from: unknown, path: string, depth: number): unknown => {
    if (depth > DEEPEST) throw new NotPlainDataError(`${path} is nested more than ${DEEPEST} deep.`)
    if (++count > MOST_VALUES) throw new NotPlainDataError(`${what} holds more than ${MOST_VALUES} values.`)
    if (typeof from === 'function' || typeof from === 'symbol') {
      throw new NotPlainDataError(`${path} is a ${typeof from}.`)
    }
    if (typeof from === 'bigint' && BigInt.asIntN(BIGINT_BITS, from) !== from) {
      // To print one of some megabytes takes minutes.
      throw new NotPlainDataError(`${path} is a bigint of more than ${BIGINT_BITS} bits.`)
    }
    if (typeof from !== 'object' || from === null) return from
    const typedArray = TYPED_ARRAYS.find((type) => Object.getPrototypeOf(from) === type.prototype)
    if (typedArray) {
      // Counted for each mention: a thousand names for one array would be a thousand copies.
      bytes += (from as Float32Array).byteLength
      if (bytes > MOST_BYTES) throw new NotPlainDataError(`${what} holds more than ${MOST_BYTES} bytes.`)
      return (from as Float32Array).slice()
    }
    if (Array.isArray(from)) return copyArray(from, path, depth)
    if (Object.getPrototypeOf(from) !== Object.prototype) {
      throw new NotPlainDataError(`${path} is a ${Object.prototype.toString.call(from).slice(8, -1)}.`)
    }
    const to: Record<string, unknown> = {}
    for (const key of Object.keys(from)) {
      if (key === '__proto__') throw new NotPlainDataError(`${path} has a key "__proto__".`)
      to[key] = copy((from as Record<string, unknown>)[key], `${path}.${key.slice(0, 40)}`, depth + 1)
    }
    return to
  }
  const copyArray = (from: unknown[], path: string, depth: number): unknown[] => {
    if (from.length > MOST_VALUES) throw new NotPlainDataError(`${path} has ${from.length} elements.`)
    if (Object.keys(from).length !== from.length) {
      throw new NotPlainDataError(`${path} has holes, or keys that are no index.`)
    }
    return from.map((element, i) => copy(element, `${path}[${i}]`, depth + 1))
  }
  return copy(value, what, 0)
}
