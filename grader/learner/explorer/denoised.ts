import { encodePng, type Pipeline, type PromptEmbeddings, type Tensor } from '#harness'
import type { DrawSettings, PictureKind, RunStart } from './wire.ts'

/** One picture's way from noise, kept so that any step can be looked at again: latents are small, attention is not. */
export interface Denoised {
  start: RunStart
  settings: DrawSettings
  embeddings: PromptEmbeddings
  /** What enters step 0 is the noise; what leaves step i stands at i + 1. */
  latents: Tensor[]
  /** Of the steps that have been taken. */
  timesteps: number[]
  /** The noise share before each step, and a last 0. */
  sigmas: Float32Array
  pictures: Map<string, Promise<Uint8Array>>
}

/** The picture after a step, as PNG; decoded once. */
export function pictureOf(
  pipe: Pipeline,
  denoised: Denoised,
  step: number,
  kind: PictureKind,
): Promise<Uint8Array> {
  const key = `${step} ${kind}`
  const known = denoised.pictures.get(key)
  if (known) return known
  const decoding = decode(pipe, kind === 'latents' ? denoised.latents[step + 1] : estimate(denoised, step))
  denoised.pictures.set(key, decoding)
  decoding.catch(() => denoised.pictures.delete(key))
  return decoding
}

/**
 * Where the velocity of a step leads when it is followed to σ = 0 at once: x − σ·v, with v read off the step itself.
 * With guidance it is the guided velocity.
 */
export function estimate({ latents, sigmas }: Denoised, step: number): Tensor {
  const [entering, leaving] = [latents[step], latents[step + 1]]
  const share = sigmas[step] / (sigmas[step] - sigmas[step + 1]) // of what this step changed
  return {
    dims: entering.dims,
    data: entering.data.map((value, i) => value + share * (leaving.data[i] - value)),
  }
}

/**
 * The joint attention inside a block at a step, of the prompt alone: with guidance the pipeline runs it as the second
 * half of [negative, prompt], which computes the same.
 * @returns [1, heads, tokens, tokens]: rows are queries, columns are keys, image tokens first
 */
export async function attentionOf(
  pipe: Pipeline,
  { latents, timesteps, embeddings }: Denoised,
  step: number,
  block: number,
): Promise<Tensor> {
  const tap = `transformer_blocks.${block}.attn`
  const inputs = {
    hiddenStates: latents[step],
    encoderHiddenStates: embeddings.promptEmbeds,
    pooledProjections: embeddings.pooledPromptEmbeds,
    timestep: timesteps[step],
  }
  return (await pipe.transformer(inputs, { taps: [tap] })).taps[tap]
}

async function decode(pipe: Pipeline, latents: Tensor): Promise<Uint8Array> {
  const [image] = await pipe.vaeDecode(latents)
  return encodePng(image)
}
