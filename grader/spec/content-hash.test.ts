import { expect, it } from 'vitest'
import { contentHash } from './content-hash.ts'

it('is the same for the same data, however it is held and in whatever order it was written', () => {
  const doubles = [0.5, 256].slice(1) // 256, held as a double
  const buffer = new Float32Array([9, 1, 2, 9]).subarray(1, 3)
  expect(contentHash({ a: doubles[0], b: buffer, c: undefined })).toBe(
    contentHash({ b: Float32Array.of(1, 2), a: 256 }),
  )
  const twoByte = 'aé€'.slice(0, 1) // held as two bytes a character
  expect(contentHash(twoByte)).toBe(contentHash('a'))
})

it('differs wherever the data differs', () => {
  const values = [
    ...[0, -0, 1, '0', '1', 1n, true, null, undefined, NaN, '', [], {}, [[]], [undefined], [null]],
    ...[
      ['ab', 'c'],
      ['a', 'bc'],
      ['abc'],
      { a: 'b' },
      { ab: '' },
      ['a', 'b'],
      [{ a: 1 }, 2],
      [{ a: 1, b: 2 }],
    ],
    ...[Float32Array.of(1), Uint8Array.of(0, 0, 128, 63), Uint32Array.of(0x3f800000), [1]],
  ]
  const hashes = values.map(contentHash)
  expect(new Set(hashes).size).toBe(values.length)
})

it('refuses what two values may share', () => {
  for (const value of [() => 1, Symbol('x'), new Date(0), new Map(), /x/]) {
    expect(() => contentHash({ value })).toThrow('no plain data')
  }
})
