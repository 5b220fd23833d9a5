/**
 * Exercise 2, joint attention: text and image tokens in one sequence, one attention over all of them.
 *
 * First the arithmetic (shapes, token counts, head size), then attention by hand on made-up queries and keys,
 * then the real thing: the attention of a block you choose, at a step you choose. A tensor is { dims, data },
 * rows first: element [i, j] of an [n, m] tensor is data[i * m + j]. Brief and predictions: README.md.
 * Check: `npm run watch`, or `npm test -- 02`.
 */
import {
  TodoError,
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
/** Named query first: imageToText holds what image tokens (rows) read from text tokens (columns). */
export type QuadrantName = 'imageToImage' | 'imageToText' | 'textToImage' | 'textToText'
/** First index, and the index after the last. */
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
  /** Which denoising step, from 0. */
  step: number
  /** Which MMDiT block, from 0. */
  block: number
}

/**
 * The shape of the latent that becomes a picture of `size` pixels: [channels, height, width].
 * Channels: `in_channels` of the transformer's config. Height and width: pixels / `components.vaeScaleFactor`.
 *
 * SD3, { height: 512, width: 768 }   ->   [16, 64, 96]
 */
export async function latentShape(
  components: PipelineComponents,
  size: { height: number; width: number },
): Promise<number[]> {
  // TODO(latent-shape)
  throw new TodoError(import.meta.url, 'latent-shape', 'Return [channels, height, width].')
}

/**
 * How many tokens meet in joint attention. Each `patch_size` × `patch_size` square of the latent is one image token
 * (`patch_size` is in the transformer's config); each row of the prompt embeddings is one text token.
 *
 * latent [16, 64, 96], prompt embeddings [1, 333, 4096], patch size 2   ->   { image: 1536, text: 333, total: 1869 }
 */
export async function tokenCounts(
  transformer: Component,
  latent: number[],
  promptEmbeds: number[],
): Promise<TokenCounts> {
  // TODO(token-counts)
  throw new TodoError(import.meta.url, 'token-counts', 'Return { image, text, total }.')
}

/**
 * The width of a token inside the transformer, and how attention divides it. The config says `num_attention_heads`
 * and `attention_head_dim`; the width is their product. `joint_attention_dim` is something else: the width of the
 * prompt embeddings before `context_embedder` brings them to the transformer's own.
 *
 * 6 heads of 64   ->   { width: 384, heads: 6, headSize: 64 }
 */
export async function attentionDimensions(transformer: Component): Promise<AttentionDimensions> {
  // TODO(attention-dimensions)
  throw new TodoError(import.meta.url, 'attention-dimensions', 'Return { width, heads, headSize }.')
}

/**
 * Makes up queries and keys for one head, with some structure to see. Start one generator, `manualSeed(seed)`
 * from #harness, and draw with its `randn(dims)` in exactly this order:
 * 1. meaning [1, headSize], shared by all text tokens   2. text queries [text, headSize]   3. text keys, same shape
 * 4. row themes [rows, headSize]   5. column themes [columns, headSize]
 * 6. image queries [rows * columns, headSize]   7. image keys, same shape
 * A text token is 0.5 · meaning + 0.3 · its own draw. The image token in row r, column c is number r * columns + c:
 * 0.5 · theme of row r + 0.5 · theme of column c + 0.3 · its own draw. So patches in line with each other are alike.
 * Image tokens come first, then text, as in diffusers.
 *
 * { rows: 4, columns: 8, text: 10, headSize: 64, seed: 42 }   ->   queries [42, 64], keys [42, 64]
 */
export async function syntheticQueriesKeys(
  options: SyntheticOptions,
): Promise<{ queries: Tensor; keys: Tensor }> {
  // TODO(synthetic-queries-keys)
  throw new TodoError(import.meta.url, 'synthetic-queries-keys', 'Return { queries, keys }.')
}

/**
 * Attention weights: softmax(Q Kᵀ / √d), softmax along each row, so that every query spends 1 in all.
 * Subtract the row's largest logit before exp: softmax stays the same and exp cannot overflow.
 *
 * queries [n, d], keys [m, d]   ->   [n, m]; equal keys   ->   1 / m everywhere
 */
export async function jointAttentionWeights(queries: Tensor, keys: Tensor): Promise<Tensor> {
  // TODO(joint-attention-weights)
  throw new TodoError(import.meta.url, 'joint-attention-weights', 'Return the weights, [n, m].')
}

/**
 * Where the four quadrants lie in the attention matrix. Rows are queries (who reads), columns keys (what is read).
 * diffusers puts image tokens first; the authors' own code puts text first. Give the ranges for either order.
 *
 * 4 image and 3 text tokens, image first   ->   imageToText: { rows: [0, 4], columns: [4, 7] }
 */
export async function quadrantRanges(
  counts: { image: number; text: number },
  order: TokenOrder,
): Promise<Quadrants> {
  // TODO(quadrant-ranges)
  throw new TodoError(import.meta.url, 'quadrant-ranges', 'Return the ranges of four quadrants.')
}

/**
 * How much attention flows in each quadrant. mass: sum a query's weights over the quadrant's columns, and average
 * that over the quadrant's rows. uniform: what it would be if all keys were read alike, (number of columns) / N.
 *
 * uniform weights, 4 image and 3 text tokens   ->   imageToText: { mass: 3 / 7, uniform: 3 / 7 }
 */
export async function quadrantMass(weights: Tensor, quadrants: Quadrants): Promise<QuadrantMasses> {
  // TODO(quadrant-mass)
  throw new TodoError(import.meta.url, 'quadrant-mass', 'Return { mass, uniform } four times.')
}

/**
 * Captures real joint attention: the probabilities of one block at one denoising step, averaged over the heads.
 * 1. Draw the initial noise yourself: `manualSeed(seed).randn([1, ...latent shape])`, see latentShape.
 * 2. `pipe.generate` with prompt, height, width, numInferenceSteps, `latents: noise`, `outputType: 'latent'` and a
 *    `callbackOnStepEnd: async (pipe, i, timestep, { latents }) => …`. It is called after step i with i's timestep
 *    and the latents that leave it. You need the timestep of `step` and the latents that enter `step`.
 * 3. `pipe.encodePrompt({ prompt, doClassifierFreeGuidance: false })`: the prompt only, a batch of 1.
 * 4. `pipe.transformer({ hiddenStates, encoderHiddenStates, pooledProjections, timestep }, { taps: [name] })` with
 *    name `transformer_blocks.<block>.attn`; `taps[name]` is [1, heads, tokens, tokens]. Average over the heads.
 *
 * SD3 Medium, 512 × 512   ->   [1357, 1357], each row adds up to 1
 */
export async function captureAttention(pipe: Pipeline, options: CaptureOptions): Promise<Tensor> {
  // TODO(capture-attention)
  throw new TodoError(import.meta.url, 'capture-attention', 'Return the mean over the heads.')
}

/**
 * Draws an [N, N] matrix of weights as a grey picture of N · cell by N · cell pixels, three equal bytes a pixel.
 * A weight w is a square of cell × cell pixels, at its row and column, of brightness
 * round(255 · log(1 + N · w) / log(1 + N · largest w)): N · w is 1 for a uniform weight, and the logarithm keeps
 * faint ones visible. Then draw the border between the modalities over it in red [255, 0, 0]: the first line of
 * pixels of matrix row `boundary` and the first of matrix column `boundary`, from edge to edge.
 *
 * [[1, 0], [0, 1]], boundary 1, cell 2   ->   4 × 4: white top left and bottom right, red through row 2 and column 2
 */
export async function drawQuadrants(weights: Tensor, boundary: number, cell: number): Promise<Image> {
  // TODO(draw-quadrants)
  throw new TodoError(import.meta.url, 'draw-quadrants', 'Return { width, height, data }.')
}

/**
 * What attention costs in scores computed per head. separate: image self-attention, then cross-attention from image
 * to text. joint: one attention over both. ratio: joint / separate.
 *
 * 256 image and 77 text tokens   ->   { separate: 85248, joint: 110889, ratio: 1.3008 }
 */
export async function attentionCost(counts: { image: number; text: number }): Promise<AttentionCost> {
  // TODO(attention-cost)
  throw new TodoError(import.meta.url, 'attention-cost', 'Return { separate, joint, ratio }.')
}
