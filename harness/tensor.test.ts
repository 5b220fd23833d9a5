import { describe, expect, it } from 'vitest'
import { sizeOf } from './index.ts'

describe('sizeOf', () => {
  it('multiplies the axes; a scalar holds one value', () => {
    expect(sizeOf([2, 3, 4])).toBe(24)
    expect(sizeOf([])).toBe(1)
    expect(sizeOf([5, 0])).toBe(0)
  })

  it.each([
    [{ name: 'to_q.weight', shape: [2, 3] }, 'a value of type object'],
    [24, 'a value of type number'],
    [undefined, 'undefined'],
    [null, 'null'],
  ])('says what to pass instead of %j', (value, what) => {
    expect(() => sizeOf(value as never)).toThrow(
      new RegExp(`^sizeOf received ${what}\\.\nPass a list of axes`),
    )
  })
})
