import type { Pipeline } from '#harness'

/** SD v1.5, row by row as exercise 4 compares it with SD3. */
export const sd15: Record<string, string | number> = {
  'text encoders': 1,
  'text tokens': 77,
  'text width': 768,
  denoiser: 'UNet2DConditionModel',
  'text conditioning': 'cross-attention',
  'time conditioning': 'added to features',
  prediction: 'noise',
  guidance: 'classifier-free',
  scheduler: 'PNDMScheduler',
  'default steps': 50,
  autoencoder: 'AutoencoderKL',
  'latent channels': 4,
  'pixels per latent cell': 8,
  'default size': 512,
}

/** What the comparison needs of a pipeline's sizes. */
type Sizes = Record<'clipTokens' | 't5Tokens' | 'textWidth' | 'channels' | 'scale' | 'sampleSize', number>

/** SD3's column of the comparison. */
export async function comparisonOf(pipe: Pipeline, sizes: Sizes): Promise<Record<string, string | number>> {
  const { textEncoder, textEncoder2, textEncoder3, transformer, scheduler, vae } = await pipe.components()
  return {
    clipTokens: sizes.clipTokens, // no row of the comparison, but taken for one
    'text encoders': [textEncoder, textEncoder2, textEncoder3].filter((encoder) => encoder !== null).length,
    'text tokens': sizes.clipTokens + sizes.t5Tokens,
    'text width': sizes.textWidth,
    denoiser: transformer.className,
    'text conditioning': 'joint attention',
    'time conditioning': 'adaLN-Zero',
    prediction: 'velocity',
    guidance: 'classifier-free',
    scheduler: scheduler.className,
    'default steps': 28,
    autoencoder: vae.className,
    'latent channels': sizes.channels,
    'pixels per latent cell': sizes.scale,
    'default size': sizes.sampleSize * sizes.scale,
  }
}
