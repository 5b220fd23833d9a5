import { expect, it } from 'vitest'
import { differenceOf, overall } from './difference.ts'

const picture = (...data: number[]) => ({ width: 2, height: 1, data: Uint8Array.from(data) })

it('finds the largest difference of any value, whichever picture is brighter, the mean and how many are the same', () => {
  const apart = differenceOf(picture(10, 20, 30, 40, 50, 60), picture(10, 25, 30, 39, 50, 60))
  expect(apart).toEqual({ largest: 5, mean: 1, same: 4, values: 6 })
})

it('weighs each pair by its values, so that a large picture counts as much as its pixels', () => {
  const small = { largest: 4, mean: 2, same: 1, values: 6 }
  const large = { largest: 1, mean: 0.5, same: 12, values: 24 }
  expect(overall([small, large])).toEqual({ largest: 4, mean: 0.8, same: 13, values: 30 })
})

it('refuses pictures of two sizes, height before width', () => {
  const tall = { width: 1, height: 2, data: new Uint8Array(6) }
  expect(() => differenceOf(picture(0, 0, 0, 0, 0, 0), tall)).toThrow('The pictures are 1 × 2 and 2 × 1.')
})
