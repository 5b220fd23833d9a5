import type { Value } from '../graph/graph.ts'
import { conditioningBy, modulate, type AdaptiveLayer } from './adaptive-norm.ts'
import type { ConfigReader } from '../config-reader.ts'
import { adaptiveLayers, jointTransformerBlock, type BlockConfig } from './joint-transformer-block.ts'
import type { NetworkBuilder } from './network-builder.ts'
import type { Network } from './network.ts'
import { sharedConditioning } from './shared-conditioning.ts'

/**
 * SD3's denoiser, the multimodal diffusion transformer (Esser et al. 2024, arXiv 2403.03206;
 * diffusers, models/transformers/transformer_sd3.py).
 *
 * Two parts, because the text is the same at every step: `context` projects it, once for a picture;
 * `transformer` runs at each step.
 *
 * `context`: `encoder_hidden_states` [batch, text, 4096] → `context` [batch, text, width].
 * `transformer`: `hidden_states` [batch, channels, height, width] noisy latents, `context` [batch, text, width],
 * `pooled_projections` [batch, 2048], `timestep` [batch] on the scale 1000…0
 * → `sample` [batch, channels, height, width], the velocity noise − picture.
 * `text_sizes` [batch, text] can be fed as well: how many equal tokens of text each one stands for.
 *
 * Taps: `time_text_embed` the conditioning vector [batch, width], `context_embedder` text tokens [batch, text, width],
 * `pos_embed` image tokens with their positions [batch, image, width],
 * `transformer_blocks.<i>` image tokens after a block [batch, image, width],
 * `transformer_blocks.<i>.context` text tokens after it,
 * `transformer_blocks.<i>.attn` probabilities [batch, heads, tokens, tokens], rows are queries, image tokens first.
 */
export const mmdit: Network = {
  className: 'SD3Transformer2DModel',
  parts: { context: projectContext, transformer: predictVelocity },
}

function projectContext(nn: NetworkBuilder, config: ConfigReader): void {
  const contextWidth = config.number('joint_attention_dim', 4096)
  const width = config.number('num_attention_heads', 18) * config.number('attention_head_dim', 64)
  const text = nn.input('encoder_hidden_states', ['batch', 'text', contextWidth])
  nn.output('context', nn.linear('context_embedder', text, contextWidth, width), ['batch', 'text', width])
}

function predictVelocity(nn: NetworkBuilder, config: ConfigReader): void {
  const { ops } = nn
  const patchSize = config.number('patch_size', 2)
  const channels = config.number('in_channels', 16)
  const outChannels = config.number('out_channels', 16)
  const layers = config.number('num_layers', 18)
  const numHeads = config.number('num_attention_heads', 18)
  const headDim = config.number('attention_head_dim', 64)
  const width = numHeads * headDim
  config.only('caption_projection_dim', width)
  const dual = new Set(config.numbers('dual_attention_layers', []))
  const qkNorm = config.choice('qk_norm', [null, 'rms_norm'], null)

  const latents = nn.input('hidden_states', ['batch', channels, 'height', 'width'])
  let context: Value | null = nn.input('context', ['batch', 'text', width])
  const pooledDims = ['batch', config.number('pooled_projection_dim', 2048)]
  const pooled = ops.graph.input('pooled_projections', 'float32', pooledDims)
  const timestep = ops.graph.input('timestep', 'float32', ['batch'])
  const textSizes = nn.optionalInput('text_sizes', ['batch', 'text'])

  const patches = nn
    .at('pos_embed')
    .conv2d('proj', latents, channels, width, { kernel: patchSize, stride: patchSize, padding: 0 })
  const grid = ops.shape(patches, 2, 4) // [2]: rows and columns of patches
  const flat = ops.transpose(ops.reshape(patches, [0, width, -1]), [0, 2, 1]) // [batch, image, width]
  let image = ops.add(
    flat,
    positions(nn.at('pos_embed'), grid, config.number('pos_embed_max_size', 96), width),
  )
  nn.at('pos_embed').tap(image, ['batch', 'image', width])
  nn.at('context_embedder').tap(context, ['batch', 'text', width])
  const vector = conditioningVector(nn.at('time_text_embed'), timestep, pooled, width, config)
  const blocks = Array.from({ length: layers }, (_, i) => {
    const block: BlockConfig = {
      width,
      numHeads,
      headDim,
      qkNorm: qkNorm !== null,
      dualAttention: dual.has(i),
      contextPreOnly: i === layers - 1,
    }
    return { nn: nn.at(`transformer_blocks.${i}`), block }
  })
  const last: AdaptiveLayer<'scale' | 'shift'> = { nn, name: 'norm_out.linear', parts: ['scale', 'shift'] }
  const activated = nn.computed(ops.silu(vector)) // [batch, width]
  const conditioning = nn.isFused
    ? sharedConditioning(nn, activated, width, [
        ...blocks.flatMap((one) => Object.values(adaptiveLayers(one.nn, one.block))),
        last,
      ])
    : conditioningBy(activated, width)
  const bias = textSizes && proportionalBias(nn, textSizes, image)

  for (const one of blocks) {
    const streams = jointTransformerBlock(one.nn, image, context!, conditioning, one.block, bias)
    image = streams.image
    context = streams.context
  }

  const { scale, shift } = conditioning(last)
  const normalized = modulate(nn, image, { gain: scale, shift })
  const pixels = patchSize * patchSize * outChannels
  const velocity = nn.linear('proj_out', normalized, width, pixels, { type: 'float32' }) // [batch, image, patch · patch · channels]
  const shape = ops.concat([ops.ints([0, pixels]), grid], 0)
  const planes = ops.reshape(ops.transpose(velocity, [0, 2, 1]), shape) // [batch, pixels, rows, columns]
  ops.graph.output('sample', ops.depthToSpace(planes, patchSize), 'float32', [
    'batch',
    outChannels,
    'height',
    'width',
  ])
}

/** The centre crop of the learned-size position table: row-major tokens of a `rows × columns` grid. */
function positions(nn: NetworkBuilder, grid: Value, maxSize: number, width: number): Value {
  const { ops } = nn
  const table = ops.reshape(nn.buffer('pos_embed', [1, maxSize * maxSize, width], 'PatchEmbed'), [
    maxSize,
    maxSize,
    width,
  ])
  const start = ops.div(ops.sub(ops.ints([maxSize]), grid), ops.ints([2])) // [2]: top and left
  return ops.reshape(ops.slice(table, start, ops.add(start, grid), [0, 1]), [1, -1, width]) // [1, image, width]
}

/** The logarithm of each key's size, for every query; an image token stands for itself: [batch, 1, tokens, tokens]. */
function proportionalBias(nn: NetworkBuilder, textSizes: Value, image: Value): Value {
  const { ops } = nn
  const imageTokens = ops.shape(image, 1, 2)
  const pads = ops.concat([ops.ints([0]), imageTokens, ops.ints([0, 0])], 0)
  const keys = ops.pad(nn.computed(ops.log(textSizes)), pads) // [batch, image + text]
  const queries = ops.concat([ops.ints([1, 1]), ops.shape(keys, 1, 2), ops.ints([1])], 0)
  return ops.expand(ops.unsqueeze(keys, [1, 2]), queries)
}

/**
 * Timestep and pooled text, embedded and added: what every adaptive norm is steered by. In float32 whatever the compute
 * type: it is two short vectors, and what is rounded here is wrong in every block.
 */
function conditioningVector(
  nn: NetworkBuilder,
  timestep: Value,
  pooled: Value,
  width: number,
  config: ConfigReader,
): Value {
  const { ops } = nn
  const mlp = (name: string, x: Value, inFeatures: number) => {
    const embedder = nn.at(name)
    const hidden = ops.silu(embedder.linear('linear_1', x, inFeatures, width, { type: 'float32' }))
    return embedder.linear('linear_2', hidden, width, width, { type: 'float32' })
  }
  const time = mlp('timestep_embedder', sinusoids(nn, timestep), 256)
  const vector = ops.add(time, mlp('text_embedder', pooled, config.number('pooled_projection_dim', 2048)))
  nn.tap(vector, ['batch', width])
  return vector
}

/** `[cos | sin]` of the timestep at 128 frequencies from 1 to 1/10000 (diffusers, `flip_sin_to_cos=True`). */
function sinusoids({ ops }: NetworkBuilder, timestep: Value): Value {
  const frequencies = Float32Array.from({ length: 128 }, (_, k) => Math.exp((-Math.log(10000) * k) / 128))
  const angles = ops.mul(ops.unsqueeze(timestep, [1]), ops.floats('frequencies', [1, 128], frequencies))
  return ops.concat([ops.cos(angles), ops.sin(angles)], -1) // [batch, 256]
}
