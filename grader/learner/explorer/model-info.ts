import type { PipelineComponents } from '#harness'
import type { ModelInfo } from './wire.ts'

/** One block's attention, all heads, in float32: beyond this a laptop would swap. */
const ATTENTION_BYTES = 2 ** 29

/** The lesson's own prompts. */
const SUGGESTIONS = [
  'a cat sitting on a beach at sunset',
  'a red ball to the left of a blue cube, on a wooden table, with a green plant in the background',
  'a sunset over the ocean',
]

/** What the page needs to know of the model. @param textTokens rows of the text in the joint sequence */
export function modelInfo(
  name: string,
  device: string,
  { transformer, vaeScaleFactor }: PipelineComponents,
  textTokens: number,
): ModelInfo {
  const config = transformer.config as Record<string, number>
  const patch = vaeScaleFactor * config.patch_size
  const side = config.pos_embed_max_size * patch
  const heads = config.num_attention_heads
  const tokens = Math.floor(Math.sqrt(ATTENTION_BYTES / (heads * Float32Array.BYTES_PER_ELEMENT)))
  // Square, as the model was trained, or the largest square whose attention fits.
  const patches = Math.min(config.sample_size / config.patch_size, Math.floor(Math.sqrt(tokens - textTokens)))
  const native = { height: patches * patch, width: patches * patch }
  const limits = { prompt: 1000, steps: 100, side, tokens }
  return { name, device, blocks: config.num_layers, heads, patch, native, limits, suggestions: SUGGESTIONS }
}
