import { expect, it } from 'vitest'
import { heldOutCaptions } from '../judge/held-out.ts'
import { drawings } from './captions.ts'
import { difference, loss, points } from './loss.ts'
import { silences, withoutOption } from './silences.ts'

it('simple captions name one thing, compositional ones more', async () => {
  const entries = await heldOutCaptions()
  const named = ({ left, middle, right, top }: (typeof entries)[number]['base']) =>
    [left, middle, right, top].filter((thing) => thing !== null).length
  for (const { claim } of drawings(entries, 'simple', 100)) expect(named(claim)).toBe(1)
  for (const { claim } of drawings(entries, 'compositional', 100)) expect(named(claim)).toBeGreaterThan(1)
})

it('captions that come again come with other noise', async () => {
  const all = drawings(await heldOutCaptions(), 'simple', 400)
  expect(new Set(all.map(({ claim, seed }) => `${seed} ${claim.caption}`)).size).toBe(400)
  expect(new Set(all.map(({ claim }) => claim.caption)).size).toBeLessThan(400)
})

it('a loss counts pictures that were right and are not, less those that became right', () => {
  const [before, after] = [
    [true, true, true, false],
    [true, false, false, true],
  ]
  // 0, 1, 1, −1: mean 1/4, variance (1/16 + 9/16 + 9/16 + 25/16) / 3 = 11/12
  const lost = loss(before, after)
  expect(lost.mean).toBe(0.25)
  expect(lost.uncertainty).toBeCloseTo(1.96 * Math.sqrt(11 / 12 / 4), 12)
  expect(points({ mean: 0.25, uncertainty: 0.034 })).toBe('25.0 ± 3.4')
  expect(difference(lost, { mean: 1, uncertainty: 0 })).toEqual({
    mean: -0.75,
    uncertainty: lost.uncertainty,
  })
})

it('unless told otherwise, T5, each CLIP alone, both and all three are silenced', () => {
  const silenced = withoutOption(undefined).map((name) => silences[name].join(' '))
  const [clipL, clipG, t5] = ['textEncoder', 'textEncoder2', 'textEncoder3']
  expect(silenced).toEqual(['', t5, clipL, clipG, `${clipL} ${clipG}`, `${clipL} ${clipG} ${t5}`])
})

it('nobody silent is always drawn, and a wrong name is quoted', () => {
  expect(withoutOption('t5')).toEqual(['nobody', 't5'])
  expect(() => withoutOption('t5,t6')).toThrow('"t6"')
})
