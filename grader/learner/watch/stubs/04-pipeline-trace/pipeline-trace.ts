/**
 * Exercise 4: Pipeline trace [Independent]
 *
 * Follow one prompt through all of SD3, measure the shape at each of thirteen stages, and name the lesson each stage
 * comes from. Then print the trace, film the denoising, send a picture through the VAE and back, and hold SD3 against
 * SD v1.5. You get goals and result shapes; the way is yours.
 *
 * Every shape must come from a value that the pipeline returned, batch of 1 included, never from a number you know:
 * the specs run on pipelines of other sizes. Stages, lessons and predictions: README.md.
 * Check: `npm run watch`, or `npm test -- 04`.
 */
import { TodoError, type Image, type Pipeline } from '#harness'

export interface TraceRequest {
  prompt: string
  height: number
  width: number
  numInferenceSteps: number
  guidanceScale: number
  seed: number
}

/** One stage of the trace. */
export interface Stage {
  /** 1 to 13. */
  number: number
  /** What happens here, in your words. */
  name: string
  /** Of the stage's result; null when the checkpoint was saved without this text encoder. */
  shape: number[] | null
  /** Where you learned it; stage 8 has two. */
  lessons: Lesson[]
}

export type Lesson =
  | 'CLIP (6.3.3)'
  | 'From Pixels to Latents (6.3.5)'
  | 'Flow Matching (7.2.2)'
  | 'SDXL (7.4.1)'
  | 'Diffusion Transformers (7.4.2)'
  | 'SD3 & Flux (7.4.3)'

/** One row of the comparison; the components are the keys of `sd15`, in its order. */
export interface ComparisonRow {
  component: string
  sd15: string | number
  sd3: string | number
  verdict: 'changed' | 'preserved'
}

/** SD v1.5, from its published configs and diffusers' defaults. */
export const sd15: Record<string, string | number> = {
  'text encoders': 1,
  'text tokens': 77,
  'text width': 768,
  denoiser: 'UNet2DConditionModel',
  'text conditioning': 'cross-attention', // or: 'joint attention'
  'time conditioning': 'added to features', // or: 'adaLN-Zero'
  prediction: 'noise', // or: 'velocity'
  guidance: 'classifier-free', // or: 'none'
  scheduler: 'PNDMScheduler',
  'default steps': 50,
  autoencoder: 'AutoencoderKL',
  'latent channels': 4,
  'pixels per latent cell': 8,
  'default size': 512, // pixels, each way
}

/** Stages 1 to 3: the hidden states of each text encoder, [1, tokens, width]. */
export async function traceTextEncoding(pipe: Pipeline, request: TraceRequest): Promise<Stage[]> {
  // TODO(trace-text-encoding)
  throw new TodoError(import.meta.url, 'trace-text-encoding', 'Return stages 1 to 3.')
}

/** Stage 4: the conditioning vector that steers every adaLN-Zero, [1, width]. Stage 5: the text tokens, [1, tokens, width]. */
export async function traceConditioning(pipe: Pipeline, request: TraceRequest): Promise<Stage[]> {
  // TODO(trace-conditioning)
  throw new TodoError(import.meta.url, 'trace-conditioning', 'Return stages 4 and 5.')
}

/** Stage 6: the image tokens that the noisy latents become, [1, tokens, width]. Stage 7: the joint sequence, likewise. */
export async function traceSequence(pipe: Pipeline, request: TraceRequest): Promise<Stage[]> {
  // TODO(trace-sequence)
  throw new TodoError(import.meta.url, 'trace-sequence', 'Return stages 6 and 7.')
}

/**
 * Stage 8: joint attention in the first block, [1, heads, tokens, tokens]. Stage 9: the image tokens after the last
 * block, [1, tokens, width]. Stage 10: the velocity they become, [1, channels, height / 8, width / 8].
 */
export async function traceBlocks(pipe: Pipeline, request: TraceRequest): Promise<Stage[]> {
  // TODO(trace-blocks)
  throw new TodoError(import.meta.url, 'trace-blocks', 'Return stages 8 to 10.')
}

/**
 * Stage 11: the latents after one step, [1, channels, height / 8, width / 8]. Stage 12: those of all steps that the run
 * really took, one below the other, [steps, channels, height / 8, width / 8].
 */
export async function traceSampling(pipe: Pipeline, request: TraceRequest): Promise<Stage[]> {
  // TODO(trace-sampling)
  throw new TodoError(import.meta.url, 'trace-sampling', 'Return stages 11 and 12.')
}

/** Stage 13: the picture that the final latents decode to, [height, width, 3]. */
export async function traceDecoding(pipe: Pipeline, request: TraceRequest): Promise<Stage[]> {
  // TODO(trace-decoding)
  throw new TodoError(import.meta.url, 'trace-decoding', 'Return stage 13, in a list of one.')
}

/** The whole trace: stages 1 to 13 in order. */
export async function tracePipeline(pipe: Pipeline, request: TraceRequest): Promise<Stage[]> {
  // TODO(trace-pipeline)
  throw new TodoError(import.meta.url, 'trace-pipeline', 'Return all thirteen stages in order.')
}

/**
 * The trace as text, one line a stage: its number first, then its name, its shape as [1, 77, 768] (`not loaded` for
 * null) and its lessons. Further lines, such as a heading, may stand between as long as they begin with no number.
 */
export async function printTrace(stages: Stage[]): Promise<string> {
  // TODO(print-trace)
  throw new TodoError(import.meta.url, 'print-trace', 'Return one line of text per stage.')
}

/** One run filmed: the picture that the latents decode to after each step, first step first, one per step. */
export async function denoisingFilm(pipe: Pipeline, request: TraceRequest): Promise<Image[]> {
  // TODO(denoising-film)
  throw new TodoError(import.meta.url, 'denoising-film', 'Return one picture per denoising step.')
}

/**
 * A picture through the VAE and back: the shape of its latents, what they decode to, the peak signal-to-noise ratio
 * 10·log10(255² / mean squared difference) in decibels, and how many numbers of the picture share one of the latents.
 */
export async function vaeRoundTrip(
  pipe: Pipeline,
  image: Image,
): Promise<{ latentShape: number[]; reconstruction: Image; psnr: number; compression: number }> {
  // TODO(vae-round-trip)
  throw new TodoError(
    import.meta.url,
    'vae-round-trip',
    'Return { latentShape, reconstruction, psnr, compression }.',
  )
}

/** SD v1.5 against this pipeline, one row per key of `sd15`; sizes, counts and class names are read from the pipeline. */
export async function comparePipelines(pipe: Pipeline): Promise<ComparisonRow[]> {
  // TODO(compare-pipelines)
  throw new TodoError(
    import.meta.url,
    'compare-pipelines',
    'Return one row per component, changed or preserved.',
  )
}
