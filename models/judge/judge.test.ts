import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodePng, imageFromTensor, manualSeed, type Image } from '#harness'
import masked from '../attention/renders/captions.json' with { type: 'json' }
import { heldOutCaptions, slots, variants, type Claim } from './held-out.ts'
import renders from './renders/captions.json' with { type: 'json' }
import { SceneJudge, type Reading } from './scene-judge.ts'
import { agrees, scores } from './scores.ts'

let judge: SceneJudge
beforeAll(async () => {
  judge = await SceneJudge.load()
})
afterAll(() => judge.release())

const entries = await heldOutCaptions()
/** All captions that the judge is ever asked about: as they stand and exchanged. */
const claims = entries.flatMap((entry) => variants.flatMap((variant) => entry[variant] ?? []))
const acceptedBy = (reading: Reading) =>
  claims.filter((claim) => agrees(reading, claim)).map(({ caption }) => caption)

/** Written by models/training/write_renders.py: what the training recipe paints for captions kept out of training. */
const painted = Object.entries(renders.captions as Record<string, string>)
const open = async (file: string) => decodePng(await readFile(new URL(`renders/${file}`, import.meta.url)))
const claimOf = (caption: string) => claims.find((claim) => claim.caption === caption)!

/** The judge's twelve and the sixty on which attention is measured. */
const all = [
  ...painted.map(([file, caption]) => ({ url: new URL(`renders/${file}`, import.meta.url), caption })),
  ...masked.renders.map(({ file, caption }) => ({
    url: new URL(`../attention/renders/${file}`, import.meta.url),
    caption,
  })),
]

describe('of 72 renders', () => {
  const accepted: { caption: string; by: string[] }[] = []
  beforeAll(async () => {
    for (const { url, caption } of all) {
      const reading = await judge.read(await decodePng(await readFile(url)))
      accepted.push({ caption, by: acceptedBy(reading) })
    }
  })

  it('the judge accepts the captions of at least 95 in a hundred', () => {
    expect(accepted).toHaveLength(72)
    const refused = accepted.filter(({ caption, by }) => !by.includes(caption)).map(({ caption }) => caption)
    expect(refused.length / accepted.length, refused.join('\n')).toBeLessThanOrEqual(0.05)
  })

  it('it takes none for what another caption says, exchanged captions included', () => {
    const mistaken = accepted.filter(({ caption, by }) => by.some((other) => other !== caption))
    expect(mistaken).toEqual([])
  })

  it('and the others are many', () => {
    expect(entries.length).toBeGreaterThanOrEqual(300)
    expect(entries.filter(({ sides }) => sides !== null).length).toBeGreaterThanOrEqual(200)
    expect(new Set(claims.map(({ caption }) => caption)).size).toBe(claims.length)
  })
})

/** Captions that the picture of `claim` is a wrong one of, by the part in which it is wrong. */
function* wrongClaims(claim: Claim): Generator<['colours' | 'objects' | 'count' | 'background', Claim]> {
  const named = slots.map((slot) => claim[slot]?.kind)
  const kind = ['star', 'ring', 'cup', 'cone', 'heart'].find((one) => !named.includes(one))!
  for (const slot of slots) {
    const thing = claim[slot]
    if (thing === null) {
      yield ['count', { ...claim, [slot]: { colour: 'green', kind: 'heart' } }] // the picture lacks one
      continue
    }
    yield ['colours', { ...claim, [slot]: { ...thing, colour: thing.colour === 'red' ? 'blue' : 'red' } }]
    yield ['objects', { ...claim, [slot]: { ...thing, kind } }]
    yield ['count', { ...claim, [slot]: null }] // the picture has one too many
  }
  yield ['background', { ...claim, place: claim.place === 'snow' ? 'grass' : 'snow' }]
  yield ['background', { ...claim, time: claim.time === 'night' ? 'day' : 'night' }]
  yield ['background', { ...claim, plant: claim.plant ? null : { colour: 'green', kind: 'tree' } }]
}

describe('of a render the judge refuses what it does not show', () => {
  it.each(painted)(
    '%s: another colour, another thing, one less, one more, elsewhere',
    async (file, caption) => {
      const reading = await judge.read(await open(file))
      for (const [part, wrong] of wrongClaims(claimOf(caption)))
        expect(scores(reading, wrong)[part], `${part}: ${JSON.stringify(wrong)}`).toBe(false)
    },
  )
})

/** A picture whose pixel at (x, y) is another's at `from(x, y)`. */
function moved({ width, height, data }: Image, from: (x: number, y: number) => [number, number]): Image {
  const copy = new Uint8Array(data.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = from(x, y)
      const at = 3 * (fromY * width + fromX)
      copy.set(data.subarray(at, at + 3), 3 * (y * width + x))
    }
  }
  return { width, height, data: copy }
}

describe('a render that was made wrong is refused', () => {
  const pairs = painted.filter(([, caption]) => {
    const { left, right, middle } = claimOf(caption)
    return left !== null && right !== null && middle === null && left.kind !== right.kind
  })

  it('and there are pairs to make wrong', () => expect(pairs.length).toBeGreaterThanOrEqual(4))

  it.each(pairs)('%s mirrored: each thing is where the other should be', async (file, caption) => {
    const image = await open(file)
    const reading = await judge.read(moved(image, (x, y) => [image.width - 1 - x, y]))
    expect(scores(reading, claimOf(caption)).relation, JSON.stringify(reading)).toBe(false)
  })

  it.each(pairs)('%s with its left half twice: the thing on the right is missing', async (file, caption) => {
    const image = await open(file)
    const half = image.width >> 1
    const twice = moved(image, (x, y) => [x < half ? x : image.width - 1 - x, y])
    const reading = await judge.read(twice)
    expect(reading.right_kind, JSON.stringify(reading)).not.toBe(claimOf(caption).right!.kind)
    expect(agrees(reading, claimOf(caption))).toBe(false)
  })

  it.each(pairs)('%s in other colours', async (file, caption) => {
    const image = await open(file)
    const data = image.data.map((_, i) => image.data[i - (i % 3) + ((i + 1) % 3)]) // green, blue, red
    const reading = await judge.read({ ...image, data })
    expect(agrees(reading, claimOf(caption)), JSON.stringify(reading)).toBe(false)
  })
})

describe('the judge accepts no caption for a picture that shows nothing', () => {
  const side = 256
  const flat = (...rgb: [number, number, number]): Image => ({
    width: side,
    height: side,
    data: Uint8Array.from({ length: side * side * 3 }, (_, i) => rgb[i % 3]),
  })

  it.each([
    ['black', flat(0, 0, 0)],
    ['white', flat(255, 255, 255)],
    ['grey', flat(128, 128, 128)],
    ['red', flat(219, 33, 33)],
    ['noise', imageFromTensor(manualSeed(1).randn([1, 3, side, side]))],
  ])('%s', async (_, picture) => {
    const reading = await judge.read(picture)
    expect(acceptedBy(reading), JSON.stringify(reading)).toEqual([])
  })
})
