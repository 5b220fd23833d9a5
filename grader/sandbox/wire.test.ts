import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decode } from './decode.ts'
import { encode } from './encode.ts'

const limits = { values: 100_000, depth: 10 }
const there = (value: unknown) => decode(encode(value), limits)

describe('what is sent arrives', () => {
  it.each([
    ['nothing, of both kinds', [undefined, null, { a: undefined }]],
    ['numbers', [0, -0, NaN, Infinity, -Infinity, 0.1, 2 ** 53, 5e-324]],
    ['bigints', [0n, -1n, 2n ** 127n - 1n, -(2n ** 127n), 2n ** 64n]],
    ['text', ['', 'σ', '🎨', '\ud800 half a pair', 'x'.repeat(10_000)]],
    ['typed arrays', [Float32Array.of(1, NaN), new BigInt64Array(2), Uint8Array.of(255), new Int16Array(0)]],
    ['keys of every kind', { '': 1, '4294967295': 2, constructor: 3, toString: 4 }],
  ])('%s', (_, value) => {
    expect(there(value)).toStrictEqual(value)
  })

  it('wherever a buffer ends within it', () => {
    for (let length = 0; length < 600; length++) {
      const value = ['x'.repeat(length), ...Array.from({ length: 700 }, (_, i) => [i, BigInt(i), `${i}`])]
      expect(there(value)).toEqual(value)
    }
  })

  it('a view without the rest of its buffer, at no particular address', () => {
    const view = new Float32Array(new ArrayBuffer(2 ** 20), 8, 2)
    const [, received] = there(['x', view]) as [string, Float32Array]
    expect([received.length, received.buffer.byteLength]).toEqual([2, 8])
  })
})

it.each([
  ['a function', () => {}],
  ['a symbol', Symbol('x')],
  ['a map', new Map()],
  ['a date', new Date(0)],
  ['an error', new Error('x')],
  ['a subclass of a typed array', Buffer.alloc(1)],
  ['a bigint too long to print', 2n ** 127n],
])('%s is not sent', (_, value) => {
  expect(() => encode({ value })).toThrow(TypeError)
})

describe('bytes from a hostile peer take no more than they are', () => {
  const bytes = (...values: number[]) => Buffer.from(values)
  const COUNT = [255, 255, 255, 255]
  it.each([
    ['nothing', bytes()],
    ['an unknown tag', bytes(10)],
    ['a number cut off', bytes(4, 0, 0)],
    ['four thousand million elements', bytes(7, ...COUNT)],
    ['four thousand million keys', bytes(8, ...COUNT)],
    ['a string longer than the message', bytes(5, ...COUNT, 65, 0)],
    ['a typed array longer than the message', bytes(9, 1, ...COUNT, 0)],
    ['half an element', bytes(9, 9, 3, 0, 0, 0, 1, 2, 3)],
    ['an unknown kind of array', bytes(9, 11, 0, 0, 0, 0)],
    ['something behind the value', bytes(1, 1)],
    [
      'too deep a value',
      Buffer.from([7, 1, 0, 0, 0].concat(...Array<number[]>(11).fill([7, 1, 0, 0, 0]), 1)),
    ],
    ['too many values', encode(new Array(100_001).fill(null))],
    ['a prototype', encode(JSON.parse('{"__proto__": {"polluted": true}}'))],
  ])('%s', (_, message) => {
    expect(() => decode(message, limits)).toThrow(RangeError)
  })

  it('bytes in any order are a value or a RangeError, never anything else', () => {
    for (let turn = 0; turn < 20_000; turn++) {
      // The same in every run, so that what fails once fails again.
      const digest = createHash('sha256').update(String(turn)).digest()
      const noise = digest.subarray(0, 24).map((byte) => byte % 12)
      try {
        decode(Buffer.from(noise), limits)
      } catch (error) {
        expect(error, `turn ${turn}`).toBeInstanceOf(RangeError)
      }
    }
  })
})
