import {
  manualSeed,
  sizeOf,
  tensor,
  type GenerateOptions,
  type Image,
  type Pipeline,
  type Tensor,
} from '#harness'
import { anyInteger } from './fresh.ts'
import { freshPipeline, type Sizes } from './fresh-pipeline.ts'

/** One call of `generate`, where the latents went and the picture it was answered with. */
export interface Walk {
  options: GenerateOptions
  /** The initial noise, and the latents after each step. */
  path: Tensor[]
  image: Image
}

/** A pipeline whose `generate` answers at once, with latents that wander and their picture, and what was asked of it. */
export interface Walker {
  pipe: Pipeline
  walks: Walk[]
}

/** Two such models that share all but the denoiser, as twins do: a prompt encoded by one is as good for the other. */
export function walkers(): { flow: Walker; ddpm: Walker } {
  // Noise in SD3's shape is then too small, whatever the other sizes; at scale 16 it would be large enough to hide it.
  const { pipe, sizes } = freshPipeline({ scale: 4 })
  return { flow: walkerOn(pipe, sizes), ddpm: walkerOn(pipe, sizes) }
}

function walkerOn(shared: Pipeline, { channels, scale, sampleSize }: Sizes): Walker {
  const walks: Walk[] = []
  const side = sampleSize * scale
  const generate = async (options: GenerateOptions) => {
    const { height = side, width = side, numInferenceSteps = 28, seed = 0, callbackOnStepEnd } = options
    const dims = [1, channels, height / scale, width / scale]
    const drift = manualSeed(anyInteger(1, 1e6)).randn(dims)
    const path = [options.latents ?? manualSeed(seed).randn(dims)]
    for (let step = 0; step < numInferenceSteps; step++) {
      const last = path[step].data
      const wander = manualSeed(anyInteger(1, 1e6)).randn(dims).data
      const data = Float32Array.from({ length: sizeOf(dims) }, (_, i) => last[i] + drift.data[i] + wander[i])
      path.push(tensor(dims, data))
      const latents = structuredClone(path[step + 1])
      await callbackOnStepEnd?.(pipe, step, 1000 * (1 - step / numInferenceSteps), { latents })
    }
    const latents = structuredClone(path[path.length - 1])
    const [image] = await pipe.vaeDecode(latents)
    walks.push({ options, path, image })
    // A student may decode the latents instead.
    const images = options.outputType === 'latent' ? [] : [structuredClone(image)]
    return { images, latents, seed }
  }
  const pipe: Pipeline = { ...shared, generate }
  return { pipe, walks }
}

/** Net displacement over length of a path through latents. */
export function straightness(path: readonly Tensor[]): number {
  const length = path.slice(1).reduce((sum, point, i) => sum + distance(path[i], point), 0)
  return length === 0 ? 1 : distance(path[0], path[path.length - 1]) / length
}

function distance(a: Tensor, b: Tensor): number {
  return Math.sqrt(a.data.reduce((sum, value, i) => sum + (b.data[i] - value) ** 2, 0))
}
