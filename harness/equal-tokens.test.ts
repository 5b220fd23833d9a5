import { describe, expect, it } from 'vitest'
import { mergeEqualTokens } from './equal-tokens.ts'
import { tensor, type Tensor } from './tensor.ts'

/** Rows of text tokens, each token a list of numbers. */
const text = (...rows: number[][][]): Tensor =>
  tensor([rows.length, rows[0].length, rows[0][0].length], rows.flat(2))

const red = [3, -1]
const ball = [0.5, 2]
const pad = [0.25, 0.125]

describe('mergeEqualTokens', () => {
  it('lets one token stand for a run of equal neighbours and counts them', () => {
    const { tokens, sizes } = mergeEqualTokens(text([red, ball, pad, pad, pad]))
    expect(tokens).toEqual(text([red, ball, pad]))
    expect(sizes).toEqual(tensor([1, 3], [1, 1, 3]))
  })

  it('cuts the longest run of a row with fewer runs, so that all rows keep equally many tokens', () => {
    const { tokens, sizes } = mergeEqualTokens(text([red, pad, pad, pad, pad], [red, ball, red, pad, pad]))
    expect(tokens).toEqual(text([red, pad, pad, pad], [red, ball, red, pad]))
    expect(sizes.dims).toEqual([2, 4])
    const third = Math.fround(4 / 3)
    expect([...sizes.data]).toEqual([1, third, third, third, 1, 1, 1, 2])
  })

  it('keeps equal tokens apart that are not neighbours: only runs are merged', () => {
    const { tokens } = mergeEqualTokens(text([pad, red, pad]))
    expect(tokens).toEqual(text([pad, red, pad]))
  })

  it('merges what rounding alone tells apart, and nothing further apart than that', () => {
    const near = pad.map((value) => value * (1 + 3e-6))
    const far = pad.map((value) => value * (1 + 3e-5))
    expect(mergeEqualTokens(text([pad, near])).sizes).toEqual(tensor([1, 1], [2]))
    expect(mergeEqualTokens(text([pad, far])).sizes).toEqual(tensor([1, 2], [1, 1]))
  })

  it('compares with the first token of a run, so that a slow drift does not end far away', () => {
    const drifting = Array.from({ length: 8 }, (_, i) => pad.map((value) => value * (1 + i * 6e-6)))
    expect([...mergeEqualTokens(text(drifting)).sizes.data]).toEqual([2, 2, 2, 2])
  })

  it('has nothing to merge where there is no token, or no row', () => {
    for (const dims of [
      [1, 0, 2],
      [0, 3, 2],
    ]) {
      const { tokens, sizes } = mergeEqualTokens(tensor(dims, []))
      expect(tokens.dims).toEqual(dims)
      expect(sizes).toEqual(tensor(dims.slice(0, 2), []))
    }
  })

  it('takes nothing for equal to what is not finite', () => {
    const { sizes } = mergeEqualTokens(text([[Infinity, 1], red, ball, [NaN, 0], pad]))
    expect([...sizes.data]).toEqual([1, 1, 1, 1, 1])
  })

  it('merges the zeros of an absent encoder, and no other token with them', () => {
    const zero = [0, 0]
    const tiny = [1e-12, 0]
    expect([...mergeEqualTokens(text([red, zero, zero, tiny])).sizes.data]).toEqual([1, 2, 1])
  })
})
