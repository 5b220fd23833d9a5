import type { Value } from '../graph/graph.ts'
import type { BlockConfig } from './joint-transformer-block.ts'
import type { NetworkBuilder } from './network-builder.ts'

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
  const project = (name: string, x: Value, norm: string | null) => projectHeads(nn, name, x, norm, config)
  const imageQuery = project('to_q', image, 'norm_q')
  const textQuery = project('add_q_proj', context, 'norm_added_q')
  // Nobody reads what the last block's text attends to, unless somebody looks at the probabilities. Its queries are
  // declared, for the checkpoint has them, but not computed.
  const imageAsksAlone = contextPreOnly && !nn.isTapped()
  const query = imageAsksAlone ? imageQuery : ops.concat([imageQuery, textQuery], 1)
  const key = ops.concat(
    [project('to_k', image, 'norm_k'), project('add_k_proj', context, 'norm_added_k')],
    1,
  )
  const value = ops.concat([project('to_v', image, null), project('add_v_proj', context, null)], 1)

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
  const query = projectHeads(nn, 'to_q', x, 'norm_q', config)
  const key = projectHeads(nn, 'to_k', x, 'norm_k', config)
  const value = projectHeads(nn, 'to_v', x, null, config)
  return nn.linear('to_out.0', attend(nn, query, key, value, config), config.width, config.width)
}

function projectHeads(
  nn: NetworkBuilder,
  name: string,
  x: Value,
  norm: string | null,
  config: BlockConfig,
): Value {
  const { width, numHeads, headDim, qkNorm } = config
  const projected = nn.linear(name, x, width, width)
  if (!qkNorm || !norm) return projected
  const heads = nn.ops.reshape(projected, [0, -1, numHeads, headDim])
  return nn.ops.reshape(nn.rmsNorm(norm, heads, headDim, 1e-6, 'RMSNorm'), [0, -1, width])
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
