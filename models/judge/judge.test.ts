import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodePng, imageFromTensor, manualSeed, type Image } from '#harness'
import { agrees, heldOutCaptions, variants, type Claim } from './held-out.ts'
import renders from './renders/captions.json' with { type: 'json' }
import { SceneJudge, type Reading } from './scene-judge.ts'

let judge: SceneJudge
/** All captions that the judge is ever asked about: as they stand and exchanged. */
let claims: Claim[]
beforeAll(async () => {
  judge = await SceneJudge.load()
  claims = (await heldOutCaptions()).flatMap((entry) => variants.map((variant) => entry[variant]))
})
afterAll(() => judge.release())

const accepted = (reading: Reading) =>
  claims.filter((claim) => agrees(reading, claim)).map(({ caption }) => caption)

/** Written by models/training/write_renders.py: what the training recipe paints for captions kept out of training. */
describe('of a render the judge accepts its caption, and none of the other 299', () => {
  it.each(Object.entries(renders.captions))('%s: %s', async (file, caption) => {
    const render = await decodePng(await readFile(new URL(`renders/${file}`, import.meta.url)))
    const reading = await judge.read(render)
    expect(accepted(reading), JSON.stringify(reading)).toEqual([caption])
  })

  it('where the exchanged captions are among the others', () => {
    expect(claims).toHaveLength(300)
    expect(new Set(claims.map(({ caption }) => caption)).size).toBe(300)
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
    expect(accepted(reading), JSON.stringify(reading)).toEqual([])
  })
})
