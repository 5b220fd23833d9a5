import { HALF_BIGINT, tags, TYPED_ARRAYS } from './wire.ts'

/** What a reader puts up with. */
export interface WireLimits {
  values: number
  depth: number
}

/**
 * A value made of this realm's own plain objects, arrays and typed arrays.
 * @throws RangeError for bytes that are no value, or more of it than the limits allow
 */
export function decode(bytes: Buffer, limits: WireLimits): unknown {
  const reader = new Reader(bytes, limits)
  const value = reader.value(0)
  if (!reader.isAtEnd()) throw new RangeError('More bytes than the value has.')
  return value
}

class Reader {
  readonly #bytes: Buffer
  readonly #limits: WireLimits
  #at = 0
  #values = 0

  constructor(bytes: Buffer, limits: WireLimits) {
    this.#bytes = bytes
    this.#limits = limits
  }

  isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  value(depth: number): unknown {
    if (depth > this.#limits.depth) throw new RangeError(`Nested more than ${this.#limits.depth} deep.`)
    if (++this.#values > this.#limits.values) throw new RangeError(`More than ${this.#limits.values} values.`)
    const tag = this.#bytes[this.#take(1)]
    switch (tag) {
      case tags.undefined:
        return undefined
      case tags.null:
        return null
      case tags.false:
        return false
      case tags.true:
        return true
      case tags.number:
        return this.#bytes.readDoubleLE(this.#take(8))
      case tags.string:
        return this.#string()
      case tags.bigint: {
        const low = this.#bytes.readBigUInt64LE(this.#take(8))
        return (this.#bytes.readBigInt64LE(this.#take(8)) << HALF_BIGINT) | low
      }
      case tags.array:
        return this.#array(depth)
      case tags.object:
        return this.#object(depth)
      case tags.typedArray:
        return this.#typedArray()
      default:
        throw new RangeError(`There is no tag ${tag}.`)
    }
  }

  #array(depth: number): unknown[] {
    const count = this.#count()
    const array: unknown[] = []
    for (let i = 0; i < count; i++) array.push(this.value(depth + 1))
    return array
  }

  #object(depth: number): Record<string, unknown> {
    const count = this.#count()
    const object: Record<string, unknown> = {}
    for (let i = 0; i < count; i++) {
      const key = this.#string()
      if (key === '__proto__') throw new RangeError('A key "__proto__".')
      object[key] = this.value(depth + 1)
    }
    return object
  }

  #typedArray(): unknown {
    const type = TYPED_ARRAYS[this.#bytes[this.#take(1)]]
    const length = this.#count()
    if (type === undefined || length % type.BYTES_PER_ELEMENT !== 0) throw new RangeError('No typed array.')
    const start = this.#take(length)
    // Copied: a view would keep the whole message, and must begin at a multiple of its element.
    return new type(new Uint8Array(this.#bytes.subarray(start, start + length)).buffer)
  }

  #string(): string {
    const length = this.#count()
    const start = this.#take(length)
    return this.#bytes.toString('utf16le', start, start + length)
  }

  #count(): number {
    return this.#bytes.readUInt32LE(this.#take(4))
  }

  /** Where the next few bytes are. */
  #take(bytes: number): number {
    const start = this.#at
    if (start + bytes > this.#bytes.length) throw new RangeError('The bytes end within a value.')
    this.#at += bytes
    return start
  }
}
