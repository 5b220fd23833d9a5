import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describePipeline, tensor } from '#harness'
import { sampled } from './attention.ts'
import { attentivePipeline, measuredOn, SIDE } from './fixture.ts'
import { inspection, modelSize, partNames } from './inspection.ts'
import { Path } from './path.ts'
import { distance } from './picture.ts'
import { stopsPaying, type StepRun } from './step-counts.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'measured-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('the parameter counts', () => {
  it('are SD3 Medium’s to the digit', async () => {
    const { parts, total } = modelSize('SD3 Medium', await describePipeline('models/sd3-medium'))
    expect(parts).toEqual({
      'CLIP ViT-L': 123_650_304,
      'CLIP bigG': 694_659_840,
      T5: 4_762_310_656,
      Denoiser: 2_028_328_000,
      VAE: 83_819_683,
    })
    expect(total).toBe(7_692_768_483)
  })

  it('are the sums of their parts, and 0 for an encoder that is missing', async () => {
    const components = await describePipeline('models/sd3-nano')
    const whole = modelSize('whole', components)
    expect(partNames.reduce((sum, name) => sum + whole.parts[name], 0)).toBe(whole.total)
    const without = modelSize('without T5', { ...components, textEncoder3: null })
    expect(without.parts.T5).toBe(0)
    expect(without.total).toBe(whole.total - whole.parts.T5)
  })

  it('name the model under study once when it is one of the two', async () => {
    const components = await describePipeline('models/sd3-nano')
    const pipe = { ...attentivePipeline().pipe, components: async () => components }
    const known = await inspection.measure({ pipe, side: SIDE, advance: () => {} })
    expect(known.models.map(({ model }) => model)).toEqual(['sd3-nano', 'SD3 Medium'])
    expect(known.blocks).toEqual({ count: 24, first: 84_980_736, all: 2_008_851_456 })
    const other = await inspection.measure({ pipe: attentivePipeline().pipe, side: SIDE, advance: () => {} })
    expect(other.models.map(({ model }) => model)).toContain('This model')
  })
})

describe.each([{ t5: true }, { t5: false }])('on a pipeline nobody has seen, T5 $t5', ({ t5 }) => {
  it('sizes follow the model, and nothing fails', async () => {
    const { pipe, sizes } = attentivePipeline({ t5 })
    const { results, failures } = await measuredOn(pipe, folder)
    expect(failures).toEqual({})
    const { attention, stepCounts, withoutT5, pipelineTrace, vaeRoundTrip } = results
    const image = (SIDE / sizes.scale / sizes.patchSize) ** 2
    const text = sizes.clipTokens + sizes.t5Tokens
    const inner = sizes.heads * sizes.headDim
    const cells = SIDE / sizes.scale

    expect(attention?.tokens).toMatchObject({ image, clip: sizes.clipTokens })
    const { words, padding } = attention!.tokens
    expect([words + padding, words > 0]).toEqual([sizes.t5Tokens, t5])
    expect(attention?.picture.width).toBe(image + text)
    for (const reader of ['image', 'text'] as const) {
      const { quadrants } = attention!
      const read = [quadrants[`${reader}ToImage`], quadrants[`${reader}ToText`]]
      expect(read.reduce((sum, { mass }) => sum + mass, 0)).toBeCloseTo(1, 4)
      expect(read.reduce((sum, { uniform }) => sum + uniform, 0)).toBeCloseTo(1, 10)
    }
    const parts = Object.values(attention!.readByImage).reduce((sum, { mass }) => sum + mass, 0)
    expect(parts).toBeCloseTo(attention!.quadrants.imageToText.mass, 6)

    expect(stepCounts?.runs.map(({ steps }) => steps)).toEqual([2, 4, 6, 10, 20, 30, 50])
    expect(stepCounts?.runs.at(-1)?.distance).toBe(0)
    expect(withoutT5 === null).toBe(!t5)

    const shapes = pipelineTrace?.stages.map(({ shape }) => shape)
    expect(shapes?.slice(0, 2)).toEqual(sizes.clipWidths.map((width) => [1, sizes.clipTokens, width]))
    expect(shapes?.slice(2)).toEqual([
      t5 ? [1, sizes.t5Tokens, sizes.textWidth] : null,
      [1, inner],
      [1, text, inner],
      [1, image, inner],
      [1, image + text, inner],
      [1, sizes.heads, image + text, image + text],
      [1, image, inner],
      [1, sizes.channels, cells, cells],
      [1, sizes.channels, cells, cells],
      [8, sizes.channels, cells, cells],
      [SIDE, SIDE, 3],
    ])
    expect(pipelineTrace?.film).toHaveLength(8)
    expect(pipelineTrace?.film.at(-1)).toMatchObject({ step: 8, sigma: 0, distance: 0 })
    expect(vaeRoundTrip?.compression).toBeCloseTo((3 * sizes.scale ** 2) / sizes.channels)
  })
})

describe('where it stops paying', () => {
  const run = (steps: number, distance: number) => ({ steps, distance }) as StepRun

  it('is found from the longest run downwards, as exercise 3 asks', () => {
    const runs = [run(10, 11), run(20, 4.5), run(30, 1.6), run(50, 0)]
    expect([10, 5, 2, 1].map((threshold) => stopsPaying(runs, threshold))).toEqual([10, 20, 30, 50])
  })

  it('lets no small gain between two large ones end the search', () => {
    expect(stopsPaying([run(1, 30), run(2, 29), run(3, 10), run(4, 0)], 5)).toBe(4)
    expect(stopsPaying([run(1, 30), run(2, 10), run(3, 9), run(4, 8)], 5)).toBe(2)
  })
})

it('a path is as straight as it is far from its beginning, over its length', () => {
  const path = new Path(tensor([2], [0, 0]))
  expect(path.straightness()).toBe(1)
  path.moveTo(tensor([2], [3, 0]))
  expect(path.straightness()).toBe(1)
  path.moveTo(tensor([2], [3, 4]))
  expect(path.straightness()).toBeCloseTo(5 / 7, 12)
  path.moveTo(tensor([2], [0, 0]))
  expect(path.straightness()).toBe(0)
})

it('the distance of pictures is the root of the mean square', () => {
  const pixel = (...data: number[]) => ({ width: 1, height: 1, data: Uint8Array.from(data) })
  expect(distance(pixel(3, 5, 0), pixel(5, 3, 4))).toBeCloseTo(Math.sqrt((4 + 4 + 16) / 3), 12)
})

it.each([
  [1, [0]],
  [4, [0, 1, 2, 3]],
  [24, [0, 5, 9, 14, 18, 23]],
])('of %i blocks it looks into %j', (count, blocks) => {
  expect(sampled(count)).toEqual(blocks)
})
