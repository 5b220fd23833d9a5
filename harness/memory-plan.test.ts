import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Checkpoint } from './checkpoint/checkpoint.ts'
import { memoryNeeds } from './memory-plan.ts'
import { StableDiffusion3Pipeline } from './pipeline.ts'
import { devices } from './runtime/device.ts'
import { memoryModes } from './runtime/memory-mode.ts'

const folder = (name: string) => fileURLToPath(new URL(`../models/${name}`, import.meta.url))

describe('the memory that SD3 Medium needs', async () => {
  const medium = await Checkpoint.open(folder('sd3-medium'))
  const needs = await memoryNeeds(medium, devices.cuda)

  it('fits cards of 24, 16 and 8 GB, one mode each', () => {
    // The MiB that nvidia-smi says such cards have (GeForce RTX 4090, 4080, 4060), less what a desktop takes.
    const free = (mebibytes: number) => (mebibytes - 512) * 2 ** 20
    expect(needs.resident).toBeLessThan(free(24564))
    expect(needs.sequential).toBeLessThan(free(16376))
    expect(needs.small).toBeLessThan(free(8188))
  })

  it('is at least that of the weights: all; T5 with `wo` in float32; the transformer', () => {
    const parameters = { t5: 4_762_310_656, wo: 24 * 4096 * 10240, transformer: 2_028_328_000 }
    const clips = 123_650_304 + 694_659_840
    const t5 = 2 * (parameters.t5 + parameters.wo)
    const transformer = 2 * (parameters.transformer + 192 ** 2 * 1536)
    expect(needs.resident).toBeGreaterThan(t5 + transformer + 2 * clips)
    expect(needs.sequential).toBeGreaterThan(t5)
    expect(needs.sequential).toBeLessThan(t5 + 2e9)
    expect(needs.small).toBeGreaterThan(transformer)
  })

  it('grows with the picture and with the element type', async () => {
    const small = await memoryNeeds(medium, devices.cuda, { height: 512, width: 512 })
    const exact = await memoryNeeds(medium, devices.cpu)
    expect(small.resident).toBeLessThan(needs.resident)
    expect(exact.resident).toBeGreaterThan(needs.resident)
  })
})

it('every mode draws the same picture', async () => {
  const draw = async (memory: string) => {
    const pipe = await StableDiffusion3Pipeline.fromPretrained(folder('sd3-nano'), { device: 'cpu', memory })
    expect(pipe.memory).toMatchObject({ mode: memory, forced: true })
    const { images } = await pipe.generate({
      prompt: 'a red ball',
      negativePrompt: 'a cube',
      seed: 1,
      numInferenceSteps: 2,
      height: 64,
      width: 96,
    })
    await pipe.release()
    return images[0].data
  }
  const [resident, ...others] = [await draw('resident'), await draw('sequential'), await draw('small')]
  expect(memoryModes).toHaveLength(3)
  for (const other of others) expect(other).toEqual(resident)
})
