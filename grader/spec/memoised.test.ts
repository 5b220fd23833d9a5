import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { GenerateOptions, Pipeline, Tensor } from '#harness'
import { memoised } from './memoised.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memo-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Adds 1 to its latents at each of three steps, and counts how often it was asked. */
class CountingPipeline {
  asked: string[] = []

  async vaeEncode({ width }: { width: number }): Promise<Tensor> {
    this.asked.push('vaeEncode')
    return { dims: [1], data: Float32Array.of(width) }
  }

  async encodePrompt() {}
  async encodeText() {}
  async transformer() {}
  async vaeDecode() {}

  async generate({ seed, callbackOnStepEnd }: GenerateOptions) {
    this.asked.push('generate')
    let latents: Tensor = { dims: [1], data: Float32Array.of(seed ?? 0) }
    for (let step = 0; step < 3; step++) {
      latents = { dims: [1], data: latents.data.map((value) => value + 1) }
      const answer = await callbackOnStepEnd?.(this as unknown as Pipeline, step, 900 - step, { latents })
      latents = answer?.latents ?? latents
    }
    return { images: [], latents, seed: seed ?? null }
  }
}

/** Two pipelines over one memo, as two workers hold them. */
const twice = () =>
  [0, 1].map(() => {
    const counting = new CountingPipeline()
    return { counting, pipe: memoised(counting as unknown as Pipeline, folder) }
  })

it('answers the same question from the memo, another from the model', async () => {
  const [first, second] = twice()
  const image = { width: 2, height: 1, data: new Uint8Array(6) }
  const made = await first.pipe.vaeEncode(image)
  expect(await second.pipe.vaeEncode({ ...image })).toEqual(made)
  expect(second.counting.asked).toEqual([])
  await second.pipe.vaeEncode({ ...image, width: 3 })
  expect(second.counting.asked).toEqual(['vaeEncode'])
})

it('replays a generation to a callback that only looks', async () => {
  const [first, second] = twice()
  const watch = async (pipe: Pipeline) => {
    const seen: number[][] = []
    const { latents } = await pipe.generate({
      seed: 5,
      callbackOnStepEnd: (_, step, timestep, tensors) =>
        void seen.push([step, timestep, tensors.latents.data[0]]),
    })
    return { seen, latents }
  }
  const made = await watch(first.pipe)
  expect(made.seen).toEqual([
    [0, 900, 6],
    [1, 899, 7],
    [2, 898, 8],
  ])
  expect(await watch(second.pipe)).toEqual(made)
  expect(second.counting.asked).toEqual([])
})

it('lets a callback change the latents, calls it once a step, and does not remember what it made of them', async () => {
  const [first, second] = twice()
  await first.pipe.generate({ seed: 5 })
  for (const { pipe } of [second, first]) {
    const steps: number[] = []
    const { latents } = await pipe.generate({
      seed: 5,
      callbackOnStepEnd: (_, step) => {
        steps.push(step)
        return step === 1 ? { latents: { dims: [1], data: Float32Array.of(100) } } : undefined
      },
    })
    expect({ steps, value: latents.data[0] }).toEqual({ steps: [0, 1, 2], value: 101 })
  }
  expect((await second.pipe.generate({ seed: 5 })).latents.data[0]).toBe(8)
})

it('never remembers a picture from noise that nobody fixed', async () => {
  const [{ counting, pipe }] = twice()
  await pipe.generate({})
  await pipe.generate({})
  expect(counting.asked).toEqual(['generate', 'generate'])
})

it('answers also what cannot be remembered', async () => {
  const counting = new CountingPipeline()
  const pipe = memoised(counting as unknown as Pipeline, join(folder, 'nowhere'))
  expect(await pipe.vaeEncode({ width: 3, height: 1, data: new Uint8Array(9) })).toMatchObject({ dims: [1] })
})
