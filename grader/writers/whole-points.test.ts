import { expect, it } from 'vitest'
import { wholePoints } from './whole-points.ts'

const points = (...pairs: [score: number, maxScore: number][]) =>
  wholePoints(pairs.map(([score, maxScore]) => ({ score, maxScore })))

it('whole points stay as they are', () => {
  expect(points([0, 2], [2, 2], [1, 3])).toEqual([0, 2, 1])
})

it('fractions add up to the total rounded down, the largest first', () => {
  expect(points([1.5, 3], [0.75, 2], [0.5, 2])).toEqual([1, 1, 0])
  expect(points([0.1, 2], [0.2, 2], [0.7, 2])).toEqual([0, 0, 1])
})

it('no task shows full points that did not earn them', () => {
  expect(points([0.5, 1], [0.5, 1])).toEqual([0, 0])
  expect(points([1.9, 2], [1.9, 2], [0.2, 5])).toEqual([1, 1, 1])
})

it('no point appears in a task without any', () => {
  expect(points([0, 5], [1.5, 2], [1.5, 2])).toEqual([0, 1, 1])
})
