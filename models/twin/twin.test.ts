import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manualSeed, StableDiffusion3Pipeline, tensor, type Image } from '#harness'
import { heldOutCaptions } from '../judge/held-out.ts'
import { SceneJudge } from '../judge/scene-judge.ts'
import { contestants, type Models } from './contestant.ts'
import { summaryFigure } from './figure.ts'
import { measureBatch, stepsPerBatch, type Shot } from './measure-batch.ts'
import { Paths } from './path.ts'
import { writeStandIn } from './stand-in.ts'
import { summarise } from './summary.ts'
import { tableLines, tableSections } from './table.ts'

describe('a path’s straightness', () => {
  const follow = (...positions: number[][]) => {
    const [start, ...rest] = positions.map((data) => tensor([2, 2], data))
    const paths = new Paths(start)
    for (const position of rest) paths.moveTo(position)
    return paths.straightness()
  }

  it('is net displacement over length, for each row of a batch', () => {
    const [one, two] = follow([0, 0, 0, 0], [3, 0, 1, 0], [3, 4, 3, 0])
    expect(one).toBeCloseTo(5 / 7, 12)
    expect(two).toBe(1)
  })

  it('is 0 for a path that ends where it began, and 1 for one that never moved', () => {
    expect(follow([1, 1, 2, 2], [5, 1, 2, 2], [1, 1, 2, 2])).toEqual([0, 1])
  })
})

describe('the average over captions', () => {
  const shot = (contestant: Shot['contestant'], steps: number, agrees: boolean, distance: number): Shot => {
    return { contestant, steps, agrees, distance, straightness: 0.5, seconds: 2 }
  }
  const shots = contestants.flatMap(({ id }) => [
    shot(id, 20, true, 0),
    shot(id, 4, true, 10),
    shot(id, 20, true, 0),
    shot(id, 4, false, 20),
  ])
  const rows = summarise(shots)

  it('keeps contestants and step counts apart', () => {
    expect(rows.map(({ contestant, steps }) => `${contestant} ${steps}`)).toEqual(
      contestants.flatMap(({ id }) => [`${id} 4`, `${id} 20`]),
    )
    expect(rows[0]).toEqual({
      contestant: 'flow',
      steps: 4,
      agreement: 0.5,
      distance: 15,
      straightness: 0.5,
      seconds: 2,
    })
  })

  it('is printed, and written with how to read it', () => {
    expect(tableLines(rows).join('\n')).toMatch(/Flow, Euler +steps.*\n +4 +50\.0 % +15\.0 +0\.500 +2\.00\n/)
    const document = tableSections(rows).join('\n\n')
    expect(document).toMatch(/## Flow, Euler\n\n.*\n.*\n\| 4 +\| +50\.0 % \| +15\.0 \| +0\.500 \| +2\.00 \|/)
    expect(document).toMatch(/the run of 20 steps/)
  })

  it('is drawn', async () => {
    const { width, height, data } = await summaryFigure(rows)
    const coloured = data.filter((value, i) => i % 3 === 0 && value !== data[i + 1])
    expect([width, height]).toEqual([1240, 370])
    expect(coloured.length).toBeGreaterThan(1000)
  })
})

describe('measuring a batch', () => {
  let folder: string
  let models: Record<keyof Models, StableDiffusion3Pipeline>
  let judge: SceneJudge
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'twin-'))
    await writeStandIn(folder)
    const open = (path: string) => StableDiffusion3Pipeline.fromPretrained(path, { device: 'cpu' })
    models = { velocity: await open(resolve('models/sd3-nano')), noise: await open(folder) }
    judge = await SceneJudge.load()
  })
  afterAll(async () => {
    for (const model of [...Object.values(models), judge]) await model.release()
    await rm(folder, { recursive: true })
  })

  it('draws every contestant from the same noise and measures what it says', async () => {
    const claims = (await heldOutCaptions()).slice(3, 5).map(({ base }) => base)
    const pictures = new Map<string, readonly Image[]>()
    let steps = 0
    const stepCounts = [1, 2]
    const shots = await measureBatch(
      { claims, first: 3 },
      {
        models,
        judge,
        stepCounts,
        guidanceScale: 3,
        onStep: () => steps++,
        onPictures: ({ id }, count, images) => pictures.set(`${id} ${count}`, images),
      },
    )
    expect(steps).toBe(stepsPerBatch(stepCounts))
    expect(shots).toHaveLength(contestants.length * stepCounts.length * claims.length)

    const alone = await models.noise.generate({
      prompt: claims[1].caption,
      latents: manualSeed(4).randn([1, 16, 32, 32]),
      guidanceScale: 3,
      numInferenceSteps: 2,
      sampler: 'ddim',
    })
    const worst = alone.images[0].data.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - pictures.get('ddim 2')![1].data[i])),
      0,
    )
    expect(worst, 'levels between a picture of a batch and the same alone').toBeLessThanOrEqual(2)

    for (const { contestant, steps: count, distance, straightness } of shots) {
      const what = `${contestant}, ${count} steps`
      expect(straightness, what).toBeLessThanOrEqual(1 + 1e-6)
      if (count === 1) expect(straightness, what).toBeCloseTo(1, 6)
      else expect(straightness, what).toBeLessThan(0.99999)
      // The longest run is its own reference, but for the ancestral one.
      if (count === 2 && contestant !== 'ddpm') expect(distance, what).toBe(0)
      else expect(distance, what).toBeGreaterThan(0)
    }
  })
})

it('the stand-in names what the twin’s own folder names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'twin-'))
  await writeStandIn(folder)
  const index = JSON.parse(await readFile(join(folder, 'model_index.json'), 'utf8')) as object
  await rm(folder, { recursive: true })
  expect(Object.keys(index)).toEqual(['_class_name', '_base', 'scheduler', 'transformer'])
})
