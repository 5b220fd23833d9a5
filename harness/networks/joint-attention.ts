import type { Value } from '../graph/graph.ts'
import type { BlockConfig } from './joint-transformer-block.ts'
import type { NetworkBuilder } from './network-builder.ts'

/** What one stream brings to an attention, each [batch, tokens, width]. */
interface Projections {
  query: Value
  key: Value
  value: Value
}

/** The names of a stream's layers. */
interface Names {
  query: string
  key: string
  value: string
  queryNorm: string
  keyNorm: string
}

const IMAGE: Names = { query: 'to_q', key: 'to_k', value: 'to_v', queryNorm: 'norm_q', keyNorm: 'norm_k' }
const TEXT: Names = {
  query: 'add_q_proj',
  key: 'add_k_proj',
  value: 'add_v_proj',
  queryNorm: 'norm_added_q',
  keyNorm: 'norm_added_k',
}

/**
 * Joint attention (diffusers, models/attention_processor.py, `JointAttnProcessor2_0`): image and text have
 * projections of their own, then every token attends to every token. Image tokens come first, as in diffusers.
 */
export function jointAttention(
  nn: NetworkBuilder,
  image: Value, // [batch, image, width]
  context: Value, // [batch, text, width]
  config: BlockConfig,
): { image: Value; context: Value | null } {
  const { ops } = nn
  const { width, numHeads, headDim, contextPreOnly, qkNorm } = config
  // Probabilities are those of the joint sequence.
  const tapped = nn.isTapped()
  const output = (name: string, x: Value, biasOffset?: Value) =>
    nn.linear(name, x, width, width, { biasOffset })

  if (nn.uses('packed-qkv') && !qkNorm && !tapped) {
    const streams = [projectPacked(nn, IMAGE, image, config), projectPacked(nn, TEXT, context, config)]
    const packed = ops.reshape(ops.concat(streams, 1), [0, -1, numHeads, 3, headDim])
    const [imagePart, textPart] = cutApart(nn, ops.packedAttention(packed, numHeads, headDim), image)
    return {
      image: output('to_out.0', imagePart),
      context: contextPreOnly ? null : output('to_add_out', textPart),
    }
  }

  const folds = nn.uses('folded-bias') && !qkNorm && !tapped ? foldBiases(nn, config) : null
  const own = project(nn, IMAGE, image, config, folds?.image)
  const merged = nn.uses('merged-text') && !qkNorm
  const text = (merged ? projectMerged : project)(nn, TEXT, context, config, folds?.text)
  if (nn.uses('text-as-past') && !tapped) {
    const heads = (x: Value) => ops.transpose(ops.reshape(x, [0, -1, numHeads, headDim]), [0, 2, 1, 3])
    const past: [Value, Value] = [heads(text.key), heads(text.value)]
    const [attended, keys, values] = ops.attentionWithPast(own.query, [own.key, own.value], past, numHeads)
    const asked = () => ops.multiHeadAttention(text.query, keys, values, numHeads, headDim)
    return {
      image: output('to_out.0', attended, folds?.output.image),
      context: contextPreOnly ? null : output('to_add_out', asked(), folds?.output.text),
    }
  }
  const key = ops.concat([own.key, text.key], 1)
  const value = ops.concat([own.value, text.value], 1)
  if (nn.uses('separate-queries') && !tapped) {
    const attended = (query: Value) => attend(nn, query, key, value, config)
    return {
      image: output('to_out.0', attended(own.query), folds?.output.image),
      context: contextPreOnly ? null : output('to_add_out', attended(text.query), folds?.output.text),
    }
  }
  // Nobody reads what the last block's text attends to, unless somebody looks at the probabilities. Its queries are
  // declared, for the checkpoint has them, but not computed.
  if (contextPreOnly && !tapped) {
    const attended = attend(nn, own.query, key, value, config)
    return { image: output('to_out.0', attended, folds?.output.image), context: null }
  }
  const query = ops.concat([own.query, text.query], 1)
  const joint = attend(nn, query, key, value, config) // [batch, image + text, width]
  const [imagePart, textPart] = cutApart(nn, joint, image)
  return {
    image: output('to_out.0', imagePart, folds?.output.image),
    context: contextPreOnly ? null : output('to_add_out', textPart, folds?.output.text),
  }
}

/** SD3.5's second attention: the image with itself. */
export function selfAttention(nn: NetworkBuilder, x: Value, config: BlockConfig): Value {
  const { query, key, value } = project(nn, IMAGE, x, config)
  return nn.linear('to_out.0', attend(nn, query, key, value, config), config.width, config.width)
}

/** The joint sequence's image and text. */
function cutApart({ ops }: NetworkBuilder, joint: Value, image: Value): [image: Value, text: Value] {
  const imageEnd = ops.shape(image, 1, 2)
  const imagePart = ops.slice(joint, ops.ints([0]), imageEnd, [1])
  return [imagePart, ops.slice(joint, imageEnd, ops.shape(joint, 1, 2), [1])]
}

function project(
  nn: NetworkBuilder,
  names: Names,
  x: Value,
  config: BlockConfig,
  fold?: StreamFold,
): Projections {
  return {
    query: projectHeads(nn, names.query, x, names.queryNorm, config),
    key: projectHeads(nn, names.key, x, names.keyNorm, config, fold?.key),
    value: projectHeads(nn, names.value, x, null, config, fold?.value),
  }
}

/** The same in one product over concatenated weights, cut apart afterwards. */
function projectMerged(
  nn: NetworkBuilder,
  names: Names,
  x: Value,
  { width }: BlockConfig,
  fold?: StreamFold,
): Projections {
  const { ops } = nn
  const layers = [
    nn.linearParameters(names.query, width, width),
    nn.linearParameters(names.key, width, width, fold?.key),
    nn.linearParameters(names.value, width, width, fold?.value),
  ]
  const concatenated = (rows: Value[]) => ops.concat(rows, 0)
  const weight = concatenated(layers.map((layer) => layer.weight))
  const bias = concatenated(layers.map((layer) => layer.bias))
  const side = ops.reshape(nn.affine(x, weight, bias, 3 * width), [0, 0, 3, width]) // [batch, tokens, 3, width]
  const [query, key, value] = ops.split(side, 3, 2).map((part) => ops.reshape(part, [0, 0, width]))
  return { query, key, value }
}

function projectHeads(
  nn: NetworkBuilder,
  name: string,
  x: Value,
  norm: string | null,
  { width, numHeads, headDim, qkNorm }: BlockConfig,
  bias: { bias?: boolean; biasOffset?: Value } = {},
): Value {
  const projected = nn.linear(name, x, width, width, bias)
  if (!qkNorm || !norm) return projected
  const heads = nn.ops.reshape(projected, [0, -1, numHeads, headDim])
  return nn.ops.reshape(nn.rmsNorm(norm, heads, headDim, 1e-6, 'RMSNorm'), [0, -1, width])
}

/** One product for a stream: each head's query, key and value lie side by side. */
function projectPacked(nn: NetworkBuilder, names: Names, x: Value, config: BlockConfig): Value {
  const { ops } = nn
  const { width, numHeads, headDim } = config
  const layers = [names.query, names.key, names.value].map((name) => nn.linearParameters(name, width, width))
  const pack = (rows: Value[], rest: number[]) => {
    const heads = rows.map((row) => ops.reshape(row, [numHeads, 1, headDim, ...rest]))
    return ops.reshape(ops.concat(heads, 1), [3 * width, ...rest])
  }
  const weight = pack(
    layers.map((layer) => layer.weight),
    [width],
  )
  const bias = pack(
    layers.map((layer) => layer.bias),
    [],
  )
  return nn.affine(x, weight, bias, 3 * width)
}

/** How a stream's key and value layers treat their biases. */
interface StreamFold {
  key: { bias?: boolean; biasOffset?: Value }
  value: { bias?: boolean; biasOffset?: Value }
}

/**
 * Where the image's key and value biases go, so that none is added to [batch, image, width]. A vector taken from every
 * key changes all scores of a query alike, which softmax does not see; one taken from every value is missing from every
 * mixture, since probabilities sum to 1, and passes through the output layer into its bias. All of it is constant:
 * onnxruntime computes it once, when it loads the graph.
 */
function foldBiases(
  nn: NetworkBuilder,
  { width, contextPreOnly }: BlockConfig,
): { image: StreamFold; text: StreamFold; output: { image: Value; text?: Value } } {
  const { ops } = nn
  const key = nn.linearBias(IMAGE.key, width, 'float32')
  const value = nn.linearBias(IMAGE.value, width, 'float32')
  const through = (name: string) => ops.matMul(nn.linearWeight(name, width, width, 'float32'), value) // [width]
  return {
    image: { key: { bias: false }, value: { bias: false } },
    text: { key: { biasOffset: ops.neg(key) }, value: { biasOffset: ops.neg(value) } },
    output: { image: through('to_out.0'), ...(!contextPreOnly && { text: through('to_add_out') }) },
  }
}

/** Fused, unless somebody asked for the probabilities. */
function attend(nn: NetworkBuilder, query: Value, key: Value, value: Value, config: BlockConfig): Value {
  const { ops } = nn
  const { numHeads, headDim, width } = config
  const heads = (x: Value) => ops.transpose(ops.reshape(x, [0, -1, numHeads, headDim]), [0, 2, 1, 3])
  if (!nn.isTapped()) return ops.multiHeadAttention(query, key, value, numHeads, headDim)
  const scores = ops.matMul(
    ops.mul(heads(query), ops.scalar(headDim ** -0.5)),
    ops.transpose(heads(key), [0, 1, 3, 2]),
  )
  const probabilities = ops.softmax(scores) // [batch, heads, tokens, tokens]
  nn.tap(probabilities, ['batch', numHeads, 'tokens', 'tokens'])
  return ops.reshape(ops.transpose(ops.matMul(probabilities, heads(value)), [0, 2, 1, 3]), [0, -1, width])
}
