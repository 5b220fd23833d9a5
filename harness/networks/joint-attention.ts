import type { Value } from '../graph/graph.ts'
import type { BlockConfig } from './joint-transformer-block.ts'
import type { LinearOptions, NetworkBuilder } from './network-builder.ts'
import { rmsNorm } from './norms.ts'

/** What one stream brings to an attention, each [batch, tokens, width]. */
export interface Projections {
  query: Value
  key: Value
  value: Value
}

/** The names of a stream's layers. */
export interface StreamNames {
  query: string
  key: string
  value: string
  queryNorm: string
  keyNorm: string
}

export const IMAGE: StreamNames = {
  query: 'to_q',
  key: 'to_k',
  value: 'to_v',
  queryNorm: 'norm_q',
  keyNorm: 'norm_k',
}

export const TEXT: StreamNames = {
  query: 'add_q_proj',
  key: 'add_k_proj',
  value: 'add_v_proj',
  queryNorm: 'norm_added_q',
  keyNorm: 'norm_added_k',
}

/**
 * Joint attention (diffusers, models/attention_processor.py, `JointAttnProcessor2_0`): image and text have
 * projections of their own, then every token attends to every token. Image tokens come first, as in diffusers.
 * @param bias added to the scores [batch, 1, image + text, image + text]
 */
export function jointAttention(
  nn: NetworkBuilder,
  image: Value, // [batch, image, width]
  context: Value, // [batch, text, width]
  config: BlockConfig,
  bias: Value | null = null,
): { image: Value; context: Value | null } {
  const { ops } = nn
  const { width, contextPreOnly } = config
  const fromImage = projectStream(nn, IMAGE, image, config)
  const fromText = projectStream(nn, TEXT, context, config)
  // Nobody reads what the last block's text attends to, unless somebody looks at the probabilities. Its queries are
  // declared, for the checkpoint has them, but not computed.
  const imageAsksAlone = contextPreOnly && !nn.isTapped()
  const query = imageAsksAlone ? fromImage.query : ops.concat([fromImage.query, fromText.query], 1)
  const key = ops.concat([fromImage.key, fromText.key], 1)
  const value = ops.concat([fromImage.value, fromText.value], 1)

  const imageEnd = ops.shape(image, 1, 2)
  const askersBias = bias && imageAsksAlone ? ops.slice(bias, ops.ints([0]), imageEnd, [2]) : bias
  const joint = attend(nn, query, key, value, config, askersBias) // [batch, image + text, width]
  const imagePart = imageAsksAlone ? joint : ops.slice(joint, ops.ints([0]), imageEnd, [1])
  const attended = nn.linear('to_out.0', imagePart, width, width)
  if (contextPreOnly) return { image: attended, context: null }
  const textPart = ops.slice(joint, imageEnd, ops.shape(joint, 1, 2), [1])
  return { image: attended, context: nn.linear('to_add_out', textPart, width, width) }
}

/** SD3.5's second attention: the image with itself. */
export function selfAttention(nn: NetworkBuilder, x: Value, config: BlockConfig): Value {
  const { query, key, value } = projectStream(nn, IMAGE, x, config)
  return nn.linear('to_out.0', attend(nn, query, key, value, config), config.width, config.width)
}

export function projectStream(
  nn: NetworkBuilder,
  names: StreamNames,
  x: Value,
  config: BlockConfig,
): Projections {
  return {
    query: projectHeads(nn, names.query, x, names.queryNorm, config),
    key: projectHeads(nn, names.key, x, names.keyNorm, config),
    value: projectHeads(nn, names.value, x, null, config),
  }
}

export function projectHeads(
  nn: NetworkBuilder,
  name: string,
  x: Value,
  norm: string | null,
  config: BlockConfig,
  options: LinearOptions = {},
): Value {
  const { width, numHeads, headDim, qkNorm } = config
  const projected = nn.linear(name, x, width, width, options)
  if (!qkNorm || !norm) return projected
  const heads = nn.ops.reshape(projected, [0, -1, numHeads, headDim])
  return nn.ops.reshape(rmsNorm(nn, norm, heads, headDim, 1e-6, 'RMSNorm'), [0, -1, width])
}

/** Fused, unless somebody asked for the probabilities. */
function attend(
  nn: NetworkBuilder,
  query: Value,
  key: Value,
  value: Value,
  config: BlockConfig,
  bias: Value | null = null,
): Value {
  const { ops } = nn
  const { numHeads, headDim, width } = config
  const heads = (x: Value) => ops.transpose(ops.reshape(x, [0, -1, numHeads, headDim]), [0, 2, 1, 3])
  if (!nn.isTapped()) return ops.multiHeadAttention(query, key, value, numHeads, headDim, bias)
  const scores = ops.matMul(
    ops.mul(heads(query), ops.scalar(headDim ** -0.5)),
    ops.transpose(heads(key), [0, 1, 3, 2]),
  )
  const probabilities = ops.softmax(bias === null ? scores : ops.add(scores, bias)) // [batch, heads, tokens, tokens]
  nn.tap(probabilities, ['batch', numHeads, 'tokens', 'tokens'])
  return ops.reshape(ops.transpose(ops.matMul(probabilities, heads(value)), [0, 2, 1, 3]), [0, -1, width])
}
