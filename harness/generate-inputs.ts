import { randomInt } from 'node:crypto'
import { ArgumentError, ShapeError } from './errors.ts'
import { assertFinite } from './finite.ts'
import type { Image } from './image.ts'
import type {
  EncodePromptOptions,
  GenerateOptions,
  PipelineComponents,
  PromptEmbeddings,
} from './pipeline-types.ts'
import { manualSeed, type Generator } from './random.ts'
import { assertShape, type Tensor } from './tensor.ts'

/**
 * The latent size of a picture; without `height` and `width`, the size the transformer was trained at.
 * @throws ShapeError naming the nearest sizes that work
 */
export function checkSize(
  { height, width }: GenerateOptions,
  { transformer, vaeScaleFactor }: PipelineComponents,
) {
  const config = transformer.config as Record<
    'patch_size' | 'sample_size' | 'in_channels' | 'pos_embed_max_size',
    number
  >
  const multiple = vaeScaleFactor * config.patch_size
  const largest = config.pos_embed_max_size * multiple
  const native = (config.sample_size ?? 128) * vaeScaleFactor
  const check = (name: string, value: number) => {
    if (Number.isInteger(value) && value > 0 && value <= largest && value % multiple === 0) return value
    const nearest = Math.min(
      largest,
      Math.max(multiple, Math.round((Number(value) || native) / multiple) * multiple),
    )
    throw new ShapeError(
      `${name} is ${shown(value)}.`,
      `Use a multiple of ${multiple} up to ${largest}, such as ${nearest}.`,
    )
  }
  return {
    channels: config.in_channels,
    latentHeight: check('height', height ?? native) / vaeScaleFactor,
    latentWidth: check('width', width ?? native) / vaeScaleFactor,
  }
}

/** A value as it was written: a number in quotes is none. */
const shown = (value: unknown) => (typeof value === 'string' ? JSON.stringify(value) : String(value))

/** @throws ArgumentError for a guidance that is no number, an output nobody makes, or a seed that torch has not */
export function checkChoices({ guidanceScale, outputType, seed }: GenerateOptions): void {
  if (seed !== undefined) manualSeed(seed)
  if (!Number.isFinite(guidanceScale)) {
    throw new ArgumentError(
      `guidanceScale is ${shown(guidanceScale)}.`,
      'Pass a number; up to 1 there is no guidance.',
    )
  }
  if (outputType !== 'image' && outputType !== 'latent') {
    throw new ArgumentError(`outputType is "${String(outputType)}".`, 'Pass "image" or "latent".')
  }
}

/** @throws ShapeError for a picture that the VAE would cut off at the edges */
export function assertWholeCells({ height, width }: Image, cell: number): void {
  if (height > 0 && width > 0 && height % cell === 0 && width % cell === 0) return
  throw new ShapeError(
    `The picture has ${height} × ${width} pixels (height × width).`,
    `The VAE makes one latent cell of ${cell} × ${cell} pixels: pass a picture with multiples of ${cell}.`,
  )
}

/** What `embeddings` stand for; beside them it would be read by nobody. */
const ENCODED = [
  'prompt',
  'prompt2',
  'prompt3',
  'negativePrompt',
  'negativePrompt2',
  'negativePrompt3',
  'numImagesPerPrompt',
  'silence',
] as const

/**
 * The embeddings to denoise with: those that were passed, or the prompts' own.
 * @throws ArgumentError, ShapeError for embeddings that do not fit the other options or each other
 */
export async function embeddingsOf(
  options: GenerateOptions,
  guided: boolean,
  encode: (prompts: EncodePromptOptions) => Promise<PromptEmbeddings>,
): Promise<PromptEmbeddings> {
  const { embeddings, prompt } = options
  const ignored = ENCODED.find((name) => options[name] !== undefined)
  if (embeddings && ignored !== undefined) {
    throw new ArgumentError(
      `Both ${ignored} and embeddings were passed.`,
      `Pass one of them: embeddings are encoded already, with encodePrompt({ ${ignored}, … }).`,
    )
  }
  if (embeddings) {
    if (!guided || (embeddings.negativePromptEmbeds && embeddings.negativePooledPromptEmbeds)) {
      assertTogether(embeddings, guided)
      return embeddings
    }
    throw new ArgumentError(
      'The embeddings have no negatives, which guidance needs.',
      'Pass guidanceScale: 1, or encode with doClassifierFreeGuidance: true.',
    )
  }
  if (prompt === undefined) throw new ArgumentError('There is no prompt.', 'Pass prompt, or embeddings.')
  return encode({ ...options, prompt, doClassifierFreeGuidance: guided })
}

/** @throws ShapeError for embeddings of different batches, or negatives that are shaped otherwise */
function assertTogether(embeddings: PromptEmbeddings, guided: boolean): void {
  const { promptEmbeds, pooledPromptEmbeds, negativePromptEmbeds, negativePooledPromptEmbeds } = embeddings
  assertShape(promptEmbeds, [null, null, null], 'embeddings.promptEmbeds')
  assertShape(pooledPromptEmbeds, [promptEmbeds.dims[0], null], 'embeddings.pooledPromptEmbeds')
  if (!guided) return
  assertShape(negativePromptEmbeds!, promptEmbeds.dims, 'embeddings.negativePromptEmbeds')
  assertShape(negativePooledPromptEmbeds!, pooledPromptEmbeds.dims, 'embeddings.negativePooledPromptEmbeds')
}

/**
 * The noise to start from: as given, or drawn from the seed as torch draws it. The generator goes on from there, for
 * samplers that draw more; null when `latents` came without a seed.
 */
export function initialLatents(
  { latents, seed }: GenerateOptions,
  dims: number[],
): { latents: Tensor; seed: number | null; generator: Generator | null } {
  if (latents) {
    assertShape(latents, dims, 'latents')
    assertFinite(latents, 'latents')
    return { latents, seed: null, generator: seed === undefined ? null : manualSeed(seed) }
  }
  const chosen = seed ?? randomInt(2 ** 32)
  const generator = manualSeed(chosen)
  return { latents: generator.randn(dims), seed: chosen, generator }
}
