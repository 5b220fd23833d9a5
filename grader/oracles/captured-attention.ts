import { manualSeed, tensor, type Pipeline, type Tensor } from '#harness'

interface CaptureOptions {
  prompt: string
  seed: number
  height: number
  width: number
  numInferenceSteps: number
  step: number
  block: number
}

/** Where to look instead, when a known mistake is to be made. */
interface Elsewhere {
  /** The step whose timestep is used. */
  step?: number
  /** The step whose entering latents are used. */
  entering?: number
  block?: number
  negative?: boolean
  /** What the timestep is divided by. */
  timestepDivisor?: number
}

/**
 * Draws the picture once, and returns a look at any block's attention probabilities along the way.
 * @param guidanceScale when it is to be drawn with another than the pipeline's default
 */
export async function attentionAlong(
  pipe: Pipeline,
  options: CaptureOptions,
  guidanceScale?: number,
): Promise<(elsewhere?: Elsewhere) => Promise<Tensor>> {
  const { prompt, seed, height, width, numInferenceSteps } = options
  const { transformer, vaeScaleFactor: factor } = await pipe.components()
  const noise = manualSeed(seed).randn([
    1,
    transformer.config.in_channels as number,
    height / factor,
    width / factor,
  ])
  const latents = [noise] // what enters each step, and at last what leaves the last
  const timesteps: number[] = []
  await pipe.generate({
    prompt,
    seed,
    height,
    width,
    numInferenceSteps,
    ...(guidanceScale !== undefined && { guidanceScale }),
    outputType: 'latent',
    callbackOnStepEnd: (_, __, timestep, leaving) => {
      timesteps.push(timestep)
      latents.push(leaving.latents)
    },
  })
  const embeddings = await pipe.encodePrompt({ prompt })

  return async ({
    step = options.step,
    entering = step,
    block = options.block,
    negative = false,
    timestepDivisor = 1,
  } = {}) => {
    const tap = `transformer_blocks.${block}.attn`
    const inputs = {
      hiddenStates: latents[entering],
      encoderHiddenStates: negative ? embeddings.negativePromptEmbeds! : embeddings.promptEmbeds,
      pooledProjections: negative ? embeddings.negativePooledPromptEmbeds! : embeddings.pooledPromptEmbeds,
      timestep: timesteps[step] / timestepDivisor,
    }
    return (await pipe.transformer(inputs, { taps: [tap] })).taps[tap] // [1, heads, tokens, tokens]
  }
}

/** The first `count` heads of [1, heads, tokens, tokens], averaged. */
export function headMean({ dims, data }: Tensor, count = dims[1]): Tensor {
  const size = dims[2] * dims[3]
  const mean = new Float32Array(size)
  for (let at = 0; at < size; at++) {
    let sum = 0
    for (let head = 0; head < count; head++) sum += data[head * size + at]
    mean[at] = sum / count
  }
  return tensor(dims.slice(2), mean)
}
