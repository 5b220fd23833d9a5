import { describe, expect, it } from 'vitest'
import { quadrantNames, quadrantsOf, quadrantSum } from '#grader/oracles/quadrants.ts'
import { manualSeed, tensor } from '#harness'
import type { TextToken } from '../wire.ts'
import { formatRatio, formatShare } from './format.ts'
import { heatOf, topOf } from './heat.ts'
import type { JointSequence } from './joint-sequence.ts'
import { quadrantMasses } from './quadrant-masses.ts'
import { averageReading, readingOf, share, type Subject } from './reading.ts'
import { hereOf } from './summary.ts'

const IMAGE = 6 // 2 rows of 3
const TOTAL = 10
const text: TextToken[] = Array.from({ length: TOTAL - IMAGE }, (_, row) => ({
  ...{ encoder: 'clip', row, kind: 'text', piece: `p${row}` },
}))
const sequence: JointSequence = {
  ...{ grid: { rows: 2, columns: 3 }, image: IMAGE, total: TOTAL, text },
  groups: [],
}

/** Rows that add up to 1, like softmax's. */
const weights = manualSeed(7)
  .randn([TOTAL, TOTAL])
  .data.map((value) => Math.exp(value))
for (let row = 0; row < TOTAL; row++) {
  const own = weights.subarray(row * TOTAL, (row + 1) * TOTAL)
  const sum = own.reduce((a, b) => a + b)
  own.forEach((value, i) => (own[i] = value / sum))
}
const at = (query: number, key: number) => weights[query * TOTAL + key]
const word = (...tokens: number[]): Subject => ({ kind: 'text', id: 'w', name: 'w', tokens })

describe('a reading', () => {
  it('of a patch, when the image asks, is its row: it adds up to 1', () => {
    const { kind, values, uniform } = readingOf(weights, sequence, 'image', { kind: 'patch', patch: 4 })
    expect([kind, uniform]).toEqual(['reads', 1 / TOTAL])
    expect(values).toEqual(weights.slice(4 * TOTAL, 5 * TOTAL))
    expect(values.reduce((a, b) => a + b)).toBeCloseTo(1, 6)
  })

  it('of a word, when the image asks, is its tokens’ columns added up, for patches alone', () => {
    const { kind, values, uniform } = readingOf(weights, sequence, 'image', word(1, 3))
    expect([kind, uniform]).toEqual(['is read', 2 / TOTAL])
    for (let patch = 0; patch < IMAGE; patch++)
      expect(values[patch]).toBeCloseTo(at(patch, IMAGE + 1) + at(patch, IMAGE + 3), 6)
    expect(values.slice(IMAGE).every(Number.isNaN)).toBe(true)
  })

  it('of a word, when the text asks, is the mean of its tokens’ rows', () => {
    const { kind, values } = readingOf(weights, sequence, 'text', word(0, 2))
    expect(kind).toBe('reads')
    for (let key = 0; key < TOTAL; key++)
      expect(values[key]).toBeCloseTo((at(IMAGE, key) + at(IMAGE + 2, key)) / 2, 6)
  })

  it('of a patch, when the text asks, is its column, for text tokens alone', () => {
    const { values, uniform } = readingOf(weights, sequence, 'text', { kind: 'patch', patch: 5 })
    expect(uniform).toBe(1 / TOTAL)
    expect(values.slice(0, IMAGE).every(Number.isNaN)).toBe(true)
    for (let token = IMAGE; token < TOTAL; token++) expect(values[token]).toBe(at(token, 5))
  })

  it('adds up what is read of several tokens, and averages what several tokens read', () => {
    const reads = readingOf(weights, sequence, 'image', { kind: 'patch', patch: 0 })
    expect(share(reads, [6, 7])).toEqual({ value: at(0, 6) + at(0, 7), uniform: 2 / TOTAL })
    const isRead = readingOf(weights, sequence, 'image', word(0))
    expect(share(isRead, [1, 2])).toEqual({ value: (at(1, 6) + at(2, 6)) / 2, uniform: 1 / TOTAL })
  })

  it('says what another thing has of it, and nothing of what takes no part', () => {
    const isRead = readingOf(weights, sequence, 'image', word(0))
    const value = at(4, 6)
    expect(hereOf(isRead, sequence, { kind: 'patch', patch: 4 })).toBe(
      `row 2, column 2 with ${formatShare(value)} (${formatRatio(value * TOTAL)})`,
    )
    expect(hereOf(isRead, sequence, word(1))).toBeNull()
  })
})

describe('the quadrants', () => {
  it('have the masses that exercise 2’s oracle finds, in its order', () => {
    const found = quadrantMasses(weights, IMAGE, TOTAL)
    const ranges = quadrantsOf(IMAGE, TOTAL - IMAGE, 'image-first')
    for (const [i, name] of quadrantNames.entries()) {
      const { sum, queries, keys } = quadrantSum(tensor([TOTAL, TOTAL], weights), ranges[name])
      expect(`${found[i].asking}To${found[i].read === 'image' ? 'Image' : 'Text'}`).toBe(name)
      expect(found[i].mass).toBeCloseTo(sum / queries, 6)
      expect(found[i].uniform).toBe(keys / TOTAL)
    }
  })

  it('agree with the average row of each kind', () => {
    for (const asking of ['image', 'text'] as const) {
      const average = averageReading(weights, sequence, asking)
      const onImage = share(average, [0, 1, 2, 3, 4, 5]).value
      const mass = quadrantMasses(weights, IMAGE, TOTAL).find(
        (one) => one.asking === asking && one.read === 'image',
      )!.mass
      expect(onImage).toBeCloseTo(mass, 6)
    }
  })
})

describe('colours', () => {
  it('are 0 at uniform, −1 from a sixteenth down, 1 at the top', () => {
    const top = topOf([0.2, 8])
    expect(top).toBe(8)
    const heats = [0, 1 / 32, 1 / 16, 1 / 4, 1, Math.sqrt(8), 8].map((ratio) => heatOf(ratio, top))
    expect(heats.map((heat) => heat.toFixed(3))).toEqual([
      ...['-1.000', '-1.000', '-1.000', '-0.500', '0.000'],
      ...['0.500', '1.000'],
    ])
  })

  it('do not make much of little: the top is four times uniform at least', () => {
    expect(topOf([1.1])).toBe(4)
    expect(topOf([NaN, 2])).toBe(4)
  })
})

describe('figures', () => {
  it('have the digits that mean something', () => {
    expect([0.4353, 0.0412, 0.00412, 0.000412, 0, 1].map(formatShare)).toEqual([
      ...['0.435', '0.0412', '0.0041', '4.1e-4', '0', '1.00'],
    ])
    expect([264.4, 14.2, 9.96, 2.345, 0.25, 0.0334, 0.001].map(formatRatio)).toEqual([
      ...['264×', '14×', '10×', '2.3×', '0.3×', '0.03×', '<0.01×'],
    ])
  })
})
