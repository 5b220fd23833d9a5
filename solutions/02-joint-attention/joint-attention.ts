/** Exercise 2, joint attention: the reference solution. "What just happened" stands above each function. */
import {
  concat,
  manualSeed,
  rows,
  tensor,
  zeros,
  type Component,
  type Image,
  type Pipeline,
  type PipelineComponents,
  type Tensor,
} from '#harness'

export type TokenCounts = { image: number; text: number; total: number }
export type AttentionDimensions = { width: number; heads: number; headSize: number }
export type SyntheticOptions = { rows: number; columns: number; text: number; headSize: number; seed: number }
export type TokenOrder = 'image-first' | 'text-first'
export type QuadrantName = 'imageToImage' | 'imageToText' | 'textToImage' | 'textToText'
export type Range = [start: number, end: number]
export type Quadrants = Record<QuadrantName, { rows: Range; columns: Range }>
export type QuadrantMasses = Record<QuadrantName, { mass: number; uniform: number }>
export type AttentionCost = { separate: number; joint: number; ratio: number }
export type CaptureOptions = {
  prompt: string
  seed: number
  height: number
  width: number
  numInferenceSteps: number
  step: number
  block: number
}

// 16 channels, not the 4 of SD v1.5: at the same 8-fold reduction the latent has four times as many numbers for it.
export async function latentShape(
  components: PipelineComponents,
  size: { height: number; width: number },
): Promise<number[]> {
  const { transformer, vaeScaleFactor } = components
  return [transformer.config.in_channels as number, size.height / vaeScaleFactor, size.width / vaeScaleFactor]
}

// 333 text tokens, not 77: 77 from the CLIPs and 256 from T5. At 512 × 512 that makes 1024 + 333 = 1357.
export async function tokenCounts(
  transformer: Component,
  latent: number[],
  promptEmbeds: number[],
): Promise<TokenCounts> {
  const patch = transformer.config.patch_size as number
  const [, height, width] = latent
  const image = (height / patch) * (width / patch)
  const text = promptEmbeds[1]
  return { image, text, total: image + text }
}

// 24 heads × 64 = 1536. A width of 4096 would not even divide among 24 heads: it belongs to the embeddings of the
// prompt, which `context_embedder` brings down to 1536 before the first block.
export async function attentionDimensions(transformer: Component): Promise<AttentionDimensions> {
  const heads = transformer.config.num_attention_heads as number
  const headSize = transformer.config.attention_head_dim as number
  return { width: heads * headSize, heads, headSize }
}

// Alike tokens have a large dot product. The shared meaning ties the text tokens to each other, the themes tie a
// patch to its row and its column: that is all the structure that the picture of these weights will show.
export async function syntheticQueriesKeys(
  options: SyntheticOptions,
): Promise<{ queries: Tensor; keys: Tensor }> {
  const { text, columns, headSize, seed } = options
  const generator = manualSeed(seed)
  const meaning = generator.randn([1, headSize])
  const textQueries = generator.randn([text, headSize])
  const textKeys = generator.randn([text, headSize])
  const rowThemes = generator.randn([options.rows, headSize])
  const columnThemes = generator.randn([columns, headSize])
  const imageQueries = generator.randn([options.rows * columns, headSize])
  const imageKeys = generator.randn([options.rows * columns, headSize])

  const at = ({ data }: Tensor, token: number, i: number) => data[token * headSize + i]
  const textTokens = (own: Tensor) =>
    mapTokens(own, (token, i) => 0.5 * at(meaning, 0, i) + 0.3 * at(own, token, i))
  const imageTokens = (own: Tensor) =>
    mapTokens(own, (token, i) => {
      const row = Math.floor(token / columns)
      const column = token % columns
      return 0.5 * at(rowThemes, row, i) + 0.5 * at(columnThemes, column, i) + 0.3 * at(own, token, i)
    })
  return {
    queries: concat([imageTokens(imageQueries), textTokens(textQueries)], 0), // [rows * columns + text, headSize]
    keys: concat([imageTokens(imageKeys), textTokens(textKeys)], 0), // [rows * columns + text, headSize]
  }
}

// Without 1/√d the logits grow with the head size and softmax picks one key; with it their spread stays near 1.
export async function jointAttentionWeights(queries: Tensor, keys: Tensor): Promise<Tensor> {
  const [n, d] = queries.dims
  const [m] = keys.dims
  const weights = zeros([n, m]) // [queries, keys]
  for (let i = 0; i < n; i++) {
    const query = rows(queries, i, i + 1).data
    const logits = Array.from({ length: m }, (_, j) => dot(query, rows(keys, j, j + 1).data) / Math.sqrt(d))
    const largest = Math.max(...logits)
    const exps = logits.map((logit) => Math.exp(logit - largest))
    const sum = exps.reduce((total, exp) => total + exp, 0)
    exps.forEach((exp, j) => (weights.data[i * m + j] = exp / sum))
  }
  return weights
}

// The four quadrants follow from concatenation alone, whatever the weights. U-Nets had two of them, as separate
// operations: image to image (self-attention) and image to text (cross-attention). The text could not look back.
export async function quadrantRanges(
  counts: { image: number; text: number },
  order: TokenOrder,
): Promise<Quadrants> {
  const { image, text } = counts
  const imageFirst = order === 'image-first'
  const imageTokens: Range = imageFirst ? [0, image] : [text, text + image]
  const textTokens: Range = imageFirst ? [image, image + text] : [0, text]
  return {
    imageToImage: { rows: imageTokens, columns: imageTokens },
    imageToText: { rows: imageTokens, columns: textTokens },
    textToImage: { rows: textTokens, columns: imageTokens },
    textToText: { rows: textTokens, columns: textTokens },
  }
}

// A quadrant with more keys gets more mass for nothing. Only the surplus over uniform says that tokens seek each other.
export async function quadrantMass(weights: Tensor, quadrants: Quadrants): Promise<QuadrantMasses> {
  const [, n] = weights.dims
  const massOf = (quadrant: Quadrants[QuadrantName]) => {
    const [[top, bottom], [left, right]] = [quadrant.rows, quadrant.columns]
    let sum = 0
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) sum += weights.data[row * n + column]
    }
    return { mass: sum / (bottom - top), uniform: (right - left) / n }
  }
  return {
    imageToImage: massOf(quadrants.imageToImage),
    imageToText: massOf(quadrants.imageToText),
    textToImage: massOf(quadrants.textToImage),
    textToText: massOf(quadrants.textToText),
  }
}

// The latents that enter step 0 are the noise itself; those that enter step i left step i − 1. With guidance the
// pipeline runs the transformer on [negative, prompt] together; here the prompt goes alone, so row 0 is the prompt.
export async function captureAttention(pipe: Pipeline, options: CaptureOptions): Promise<Tensor> {
  const { prompt, seed, height, width, numInferenceSteps, step, block } = options
  const shape = await latentShape(await pipe.components(), { height, width })
  const noise = manualSeed(seed).randn([1, ...shape])
  let entering = noise // [1, 16, height / 8, width / 8]
  let timestep = NaN
  await pipe.generate({
    prompt,
    height,
    width,
    numInferenceSteps,
    latents: noise,
    outputType: 'latent',
    callbackOnStepEnd: async (_, i, t, { latents }) => {
      if (i < step) entering = latents
      if (i === step) timestep = t
    },
  })
  const embeddings = await pipe.encodePrompt({ prompt, doClassifierFreeGuidance: false })
  const tap = `transformer_blocks.${block}.attn`
  const inputs = {
    hiddenStates: entering,
    encoderHiddenStates: embeddings.promptEmbeds,
    pooledProjections: embeddings.pooledPromptEmbeds,
    timestep,
  }
  const { taps } = await pipe.transformer(inputs, { taps: [tap] })
  const [, heads, tokens] = taps[tap].dims // [1, heads, tokens, tokens]
  const mean = zeros([tokens, tokens])
  taps[tap].data.forEach((probability, i) => (mean.data[i % mean.data.length] += probability / heads))
  return mean
}

// Brightness in units of the uniform weight, so that pictures of long and short sequences can be compared.
export async function drawQuadrants(weights: Tensor, boundary: number, cell: number): Promise<Image> {
  const [n] = weights.dims
  const side = n * cell
  const largest = weights.data.reduce((a, b) => Math.max(a, b))
  const image: Image = { width: side, height: side, data: new Uint8Array(3 * side * side) }
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const weight = weights.data[Math.floor(y / cell) * n + Math.floor(x / cell)]
      const level = Math.round((255 * Math.log1p(n * weight)) / Math.log1p(n * largest))
      const onBorder = y === boundary * cell || x === boundary * cell
      image.data.set(onBorder ? [255, 0, 0] : [level, level, level], 3 * (y * side + x))
    }
  }
  return image
}

// Joint attention adds the scores of the text's own queries, text² + text × image: the price of a text that looks back.
export async function attentionCost(counts: { image: number; text: number }): Promise<AttentionCost> {
  const { image, text } = counts
  const separate = image * image + image * text
  const joint = (image + text) ** 2
  return { separate, joint, ratio: joint / separate }
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0)
}

function mapTokens({ dims }: Tensor, valueAt: (token: number, i: number) => number): Tensor {
  const [tokens, width] = dims
  return tensor(
    dims,
    Float32Array.from({ length: tokens * width }, (_, at) => valueAt(Math.floor(at / width), at % width)),
  )
}
