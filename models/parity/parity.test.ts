import { describe, expect, it } from 'vitest'
import medium from '../sd3-medium/transformer/config.json' with { type: 'json' }
import { flopsPerGuidedStep } from '../../harness/flops.ts'
import { difference, median } from './relative-error.ts'

describe('the operations of a guided step', () => {
  it('are 17.8 TFLOP for SD3 Medium at 1024 × 1024, and 4.2 at 512 × 512', () => {
    expect(flopsPerGuidedStep(medium, 1024, 1024) / 1e12).toBeCloseTo(17.8, 1)
    expect(flopsPerGuidedStep(medium, 512, 512) / 1e12).toBeCloseTo(4.2, 1)
  })

  it('grow by 8 N D² + 4 N² D a row for each dual attention', () => {
    const [image, width] = [64 * 64, 1536]
    const dual = { ...medium, dual_attention_layers: [0] }
    const more = flopsPerGuidedStep(dual, 1024, 1024) - flopsPerGuidedStep(medium, 1024, 1024)
    expect(more).toBe(2 * (8 * image * width ** 2 + 4 * image ** 2 * width))
  })
})

describe('the relative error', () => {
  const vector = (...values: number[]) => ({ dims: [values.length], data: Float32Array.from(values) })
  const expected = vector(3, 4)

  it('is ‖actual − expected‖ / ‖expected‖', () => {
    expect(difference([vector(3, 5)], [expected])).toMatchObject({ relative: 0.2, largest: 1, mean: 0.5 })
  })

  it('takes the values of all seeds together, so that one that is far off shows among many', () => {
    const exact = Array.from({ length: 100 }, () => expected)
    const { relative, magnitude } = difference([...exact.slice(1), vector(3, 14)], exact)
    expect(relative).toBe(10 / 50)
    expect(magnitude).toBeCloseTo(5 / 2 ** 0.5, 12)
  })

  it('is infinite where a value is not finite, and counts those values', () => {
    const result = difference([expected, vector(NaN, Infinity)], [expected, expected])
    expect(result).toMatchObject({ relative: Infinity, notFinite: 2 })
  })

  it('is infinite for another shape', () => {
    expect(difference([{ dims: [1, 2], data: expected.data }], [expected]).relative).toBe(Infinity)
  })

  it.each([
    ['too few', [expected], [expected, expected]],
    ['too many', [expected, expected], [expected]],
    ['one left out', [undefined, expected], [expected, expected]],
  ])('is infinite for %s tensors', (_, actual, exact) => {
    expect(difference(actual, exact).relative).toBe(Infinity)
  })
})

it('the median is the middle value, or the mean of the middle two', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
})
