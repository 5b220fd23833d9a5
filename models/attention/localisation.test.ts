import { expect, it } from 'vitest'
import { manualSeed } from '#harness'
import { auroc, chanceIou, topIou } from './localisation.ts'

const mask = [false, true, true, false, true, false]

it('a map that is highest just on the mask fits it whole', () => {
  const map = [0, 3, 2, 1, 5, 1]
  expect(topIou(map, mask)).toBe(1)
  expect(auroc(map, mask)).toBe(1)
})

it('a map that is lowest there does not fit at all', () => {
  const map = [4, 0, 1, 5, 2, 3]
  expect(topIou(map, mask)).toBe(0)
  expect(auroc(map, mask)).toBe(0)
})

it('two of three are two in four', () => {
  const map = [9, 3, 2, 1, 0, 1]
  expect(topIou(map, mask)).toBe(2 / 4)
  // Pairs inside and outside: 3 above 1, 1; 2 above 1, 1; none above 9; 0 above none.
  expect(auroc(map, mask)).toBeCloseTo(4 / 9, 12)
})

it('a map that says nothing is at chance', () => {
  expect(auroc([1, 1, 1, 1, 1, 1], mask)).toBe(0.5)
})

it('chance is what drawing by lot gives', () => {
  // Of 4 patches two are drawn for a mask of two: both with 1/6, one with 4/6, none with 1/6.
  expect(chanceIou(2, 4)).toBeCloseTo(1 / 6 + ((4 / 6) * 1) / 3, 12)
  expect(chanceIou(4, 4)).toBeCloseTo(1, 12)
  const [size, all, draws] = [30, 256, 2000]
  const place = Array.from({ length: all }, (_, patch) => patch < size)
  const generator = manualSeed(1)
  let sum = 0
  for (let i = 0; i < draws; i++) sum += topIou(generator.randn([all]).data, place)
  expect(sum / draws).toBeCloseTo(chanceIou(size, all), 2)
})
