import { expect, it } from 'vitest'
import type { Claim } from './held-out.ts'
import type { Reading } from './scene-judge.ts'
import { agrees, parts, scores, type Part } from './scores.ts'

const claim: Claim = {
  caption: 'a red ball to the left of a blue cube, on a beach at night, with a green tree in the background',
  left: { colour: 'red', kind: 'ball' },
  middle: null,
  right: { colour: 'blue', kind: 'cube' },
  top: null,
  place: 'beach',
  time: 'night',
  plant: { colour: 'green', kind: 'tree' },
}

function reading(
  slots: Partial<Record<'left' | 'middle' | 'right' | 'top', string>>,
  rest: Reading = {},
): Reading {
  const things = (['left', 'middle', 'right', 'top'] as const).flatMap((slot) => {
    const [colour, kind] = (slots[slot] ?? 'nothing nothing').split(' ')
    return [
      [`${slot}_colour`, colour],
      [`${slot}_kind`, kind],
    ]
  })
  const background = { place: 'beach', time: 'night', plant_colour: 'green', plant_kind: 'tree' }
  return { ...(Object.fromEntries(things) as Reading), ...background, ...rest }
}

const right = { left: 'red ball', right: 'blue cube' }

it.each<[string, Reading, Part[]]>([
  ['what the caption says', reading(right), []],
  ['its things exchanged', reading({ left: 'blue cube', right: 'red ball' }), ['relation']],
  ['its colours exchanged', reading({ left: 'blue ball', right: 'red cube' }), ['colours']],
  ['one thing missing', reading({ left: 'red ball' }), ['colours', 'objects', 'relation', 'count']],
  ['one thing too many', reading({ ...right, middle: 'red star' }), ['count']],
  ['another thing', reading({ left: 'red ball', right: 'blue cup' }), ['objects', 'relation']],
  ['the right things, one in the middle', reading({ left: 'red ball', middle: 'blue cube' }), ['relation']],
  ['another place', reading(right, { place: 'snow' }), ['background']],
  ['another time', reading(right, { time: 'day' }), ['background']],
  ['another plant', reading(right, { plant_kind: 'bush' }), ['background']],
  ['a plant of another colour', reading(right, { plant_colour: 'red' }), ['background']],
  ['no plant', reading(right, { plant_kind: 'nothing', plant_colour: 'nothing' }), ['background']],
])('a picture with %s', (_, shown, wrong) => {
  const expected = Object.fromEntries(parts.map((part) => [part, !wrong.includes(part)]))
  expect(scores(shown, claim)).toEqual(expected)
  expect(agrees(shown, claim)).toBe(wrong.length === 0)
})

it('a plant that the caption does not name is wrong', () => {
  expect(scores(reading(right), { ...claim, plant: null }).background).toBe(false)
  const bare = reading(right, { plant_kind: 'nothing', plant_colour: 'white' })
  expect(scores(bare, { ...claim, plant: null }).background).toBe(true)
})
