import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Checkpoint } from '../checkpoint/checkpoint.ts'
import { weightSets } from '../checkpoint/weight-files.ts'
import { flopsPerGuidedStep, type TransformerShape } from '../flops.ts'
import { StableDiffusion3Pipeline } from '../index.ts'
import { memoryNeeds } from '../memory-plan.ts'
import { availableMemory } from '../runtime/available-memory.ts'
import type { Device } from '../runtime/device.ts'
import { chooseMemoryMode, describeMemory } from '../runtime/memory-mode.ts'
import { productsPerSecond } from '../runtime/self-test.ts'

const STEPS = 28
/** A first step that takes longer than this, loading included, is not repeated to learn more. */
const PATIENCE_MS = 120_000

export interface ExpectedPicture {
  what: string
  details: string[]
}

/**
 * How long a picture of the checkpoint's own size takes on a device: from real steps on this machine, or, of a
 * checkpoint that has only configs, from the operations of its transformer and the rate of matrix products measured here.
 * @throws CheckpointError, DeviceError
 */
export async function expectedPicture(folder: string, device: Device): Promise<ExpectedPicture> {
  return (await hasWeights(folder)) ? measured(folder, device) : estimated(folder, device)
}

async function hasWeights(folder: string): Promise<boolean> {
  const files = await readdir(join(folder, 'transformer')).catch(() => [])
  return weightSets(files).length > 0
}

/**
 * A picture of one step, which loads, then one of five, whose steps are timed from one end to the next: the middle one
 * of four is not moved by what else the machine does, as a difference of two pictures is. The rest of the picture is
 * encoding and decoding.
 */
async function measured(folder: string, device: Device): Promise<ExpectedPicture> {
  const pipe = await StableDiffusion3Pipeline.fromPretrained(folder, { device: device.name })
  const draw = async (numInferenceSteps: number) => {
    const started = performance.now()
    const ends: number[] = []
    const callbackOnStepEnd = () => void ends.push(performance.now())
    await pipe.generate({ prompt: 'a sunset over the ocean', seed: 42, numInferenceSteps, callbackOnStepEnd })
    const steps = ends.slice(1).map((end, i) => end - ends[i])
    return { total: performance.now() - started, steps: steps.sort((a, b) => a - b) }
  }
  const memory = describeMemory(pipe.memory)
  try {
    const { total: first } = await draw(1)
    const ready = `${folder}: ready after ${(first / 1000).toFixed(1)} s on ${pipe.device.name}`
    if (first > PATIENCE_MS) {
      const seconds = ((STEPS * first) / 1000).toFixed(0)
      return { what: `${ready}, at most ${seconds} s a picture of ${STEPS} steps`, details: [memory] }
    }
    const { total, steps } = await draw(5)
    const step = (steps[1] + steps[2]) / 2
    const rest = Math.max(0, total - 5 * step)
    const seconds = ((STEPS * step + rest) / 1000).toFixed(1)
    return {
      what: `${ready}, about ${seconds} s a picture of ${STEPS} steps`,
      details: [memory, `a step takes ${step.toFixed(0)} ms, encoding and decoding ${rest.toFixed(0)} ms`],
    }
  } finally {
    await pipe.release()
  }
}

async function estimated(folder: string, device: Device): Promise<ExpectedPicture> {
  const checkpoint = await Checkpoint.open(folder)
  const { config } = await checkpoint.required('transformer')
  const shape = config.read as unknown as TransformerShape
  const size = config.number('sample_size', 128) * 8
  const rate = await productsPerSecond(device, device.name === 'cpu' ? 1024 : 4096)
  const seconds = (STEPS * flopsPerGuidedStep(shape, size, size)) / rate
  const needs = await memoryNeeds(checkpoint, device)
  const choice = chooseMemoryMode(needs, await availableMemory(device.name))
  return {
    what: `${folder}: configs only; an estimate of ${seconds.toFixed(seconds < 10 ? 1 : 0)} s for ${STEPS} steps at ${size} × ${size} on ${device.name}, at best`,
    details: [
      describeMemory(choice),
      `${(rate / 1e12).toFixed(2)} TFLOP/s measured in matrix products, ${(flopsPerGuidedStep(shape, size, size) / 1e12).toFixed(1)} TFLOP a step`,
    ],
  }
}
