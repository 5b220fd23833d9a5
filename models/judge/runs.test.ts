import { expect, it } from 'vitest'
import { heldOutCaptions, layouts, spread } from './held-out.ts'
import { judgeRuns } from './runs.ts'
import { native, sizesOption } from './sizes.ts'

const entries = await heldOutCaptions()

it('every variant is drawn at the native size, and as many captions as asked for at each other size', () => {
  const runs = judgeRuns(entries, sizesOption('512x512,256x384'), 30)
  const count = (variant: 'sides' | 'colours') => entries.filter((entry) => entry[variant] !== null).length
  expect(runs.map(({ variant, size, claims }) => [variant, size.height, size.width, claims.length])).toEqual([
    ['base', native.height, native.width, entries.length],
    ['sides', native.height, native.width, count('sides')],
    ['colours', native.height, native.width, count('colours')],
    ['base', 512, 512, 30],
    ['base', 256, 384, 30],
  ])
})

it('captions elsewhere are of every layout, each once and from the noise that it has at the native size', () => {
  const [base, , , elsewhere] = judgeRuns(entries, sizesOption('512x512'), 40)
  expect(new Set(elsewhere.claims.map(({ layout }) => layout))).toEqual(new Set(layouts))
  expect(new Set(elsewhere.claims.map(({ id }) => id)).size).toBe(40)
  for (const { id, seed } of elsewhere.claims) expect(base.claims[seed].id).toBe(id)
})

it('more than there are is all of them', () => {
  expect(spread(['a', 'b', 'c'], 9)).toEqual(['a', 'b', 'c'])
  expect(spread(['a', 'b', 'c', 'd'], 2)).toEqual(['a', 'c'])
})
