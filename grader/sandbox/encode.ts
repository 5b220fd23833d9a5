import { BIGINT_BITS, HALF_BIGINT, tags, TYPED_ARRAYS } from './wire.ts'

/** @throws TypeError for what is no plain data: functions, class instances, bigints of more than 128 bits */
export function encode(value: unknown): Buffer {
  const writer = new Writer()
  writer.value(value)
  return writer.bytes()
}

const LONGEST_COPIED = 256

class Writer {
  readonly #done: Buffer[] = []
  #open = Buffer.allocUnsafe(4096)
  #length = 0

  value(value: unknown): void {
    switch (typeof value) {
      case 'boolean':
        return this.#tag(value ? 'true' : 'false')
      case 'number':
        this.#tag('number')
        this.#reserve(8)
        return void this.#open.writeDoubleLE(value, this.#length - 8)
      case 'string':
        this.#tag('string')
        return this.#string(value)
      case 'bigint':
        if (BigInt.asIntN(BIGINT_BITS, value) !== value)
          throw new TypeError('A bigint of more than 128 bits.')
        this.#tag('bigint')
        this.#reserve(16)
        this.#open.writeBigUInt64LE(BigInt.asUintN(64, value), this.#length - 16)
        return void this.#open.writeBigInt64LE(value >> HALF_BIGINT, this.#length - 8)
      case 'undefined':
        return this.#tag('undefined')
      case 'object':
        return value === null ? this.#tag('null') : this.#object(value)
      default:
        throw new TypeError(`A ${typeof value} is no plain data.`)
    }
  }

  bytes(): Buffer {
    return Buffer.concat([...this.#done, this.#open.subarray(0, this.#length)])
  }

  #object(value: object): void {
    const prototype: unknown = Object.getPrototypeOf(value)
    const type = TYPED_ARRAYS.findIndex((one) => one.prototype === prototype)
    if (type >= 0) {
      const { buffer, byteOffset, byteLength } = value as Float32Array
      this.#tag('typedArray')
      this.#byte(type)
      this.#bytes(Buffer.from(buffer, byteOffset, byteLength))
    } else if (Array.isArray(value)) {
      this.#tag('array')
      this.#count(value.length)
      for (let i = 0; i < value.length; i++) this.value(value[i])
    } else if (prototype === Object.prototype) {
      const entries = Object.entries(value)
      this.#tag('object')
      this.#count(entries.length)
      for (const [key, held] of entries) {
        this.#string(key)
        this.value(held)
      }
    } else throw new TypeError(`A ${Object.prototype.toString.call(value).slice(8, -1)} is no plain data.`)
  }

  #tag(name: keyof typeof tags): void {
    this.#byte(tags[name])
  }

  #byte(byte: number): void {
    this.#reserve(1)
    this.#open[this.#length - 1] = byte
  }

  #count(count: number): void {
    this.#reserve(4)
    this.#open.writeUInt32LE(count, this.#length - 4)
  }

  /** Two bytes a unit, so that half a surrogate pair arrives as it was. */
  #string(text: string): void {
    this.#bytes(Buffer.from(text, 'utf16le'))
  }

  #bytes(bytes: Buffer): void {
    this.#count(bytes.length)
    if (bytes.length > LONGEST_COPIED) {
      this.#close()
      this.#done.push(bytes)
    } else {
      this.#reserve(bytes.length)
      bytes.copy(this.#open, this.#length - bytes.length)
    }
  }

  /** Makes room for a few bytes before `#length`. */
  #reserve(bytes: number): void {
    if (this.#length + bytes > this.#open.length) this.#close()
    this.#length += bytes
  }

  #close(): void {
    this.#done.push(this.#open.subarray(0, this.#length))
    this.#open = Buffer.allocUnsafe(Math.min(2 * this.#open.length, 2 ** 20))
    this.#length = 0
  }
}
