import type { Value } from '../graph/graph.ts'
import { IMAGE, projectHeads, projectStream, TEXT, type Projections } from './joint-attention.ts'
import type { BlockConfig } from './joint-transformer-block.ts'
import type { LinearOptions, NetworkBuilder } from './network-builder.ts'

/**
 * Joint attention for CUDA: what `jointAttention` computes, in fewer and larger kernels. The operator itself puts the
 * text's keys and values, as past ones, before the image's, and gives all of them back for the text's queries; nothing
 * else is joined or cut apart.
 */
export function fusedJointAttention(
  nn: NetworkBuilder,
  image: Value, // [batch, image, width]
  context: Value, // [batch, text, width]
  config: BlockConfig,
): { image: Value; context: Value | null } {
  const { ops } = nn
  const { width, numHeads, headDim, contextPreOnly, qkNorm } = config
  const folds = qkNorm ? null : foldBiases(nn, config)
  const fromImage = folds ? imageWithoutBiases(nn, image, config) : projectStream(nn, IMAGE, image, config)
  const fromText = folds
    ? textFromOneProduct(nn, context, config, folds)
    : projectStream(nn, TEXT, context, config)

  const heads = (x: Value) => ops.transpose(ops.reshape(x, [0, -1, numHeads, headDim]), [0, 2, 1, 3])
  const [attended, keys, values] = ops.attentionWithPast(
    fromImage.query,
    [fromImage.key, fromImage.value],
    [heads(fromText.key), heads(fromText.value)],
    numHeads,
  ) // [batch, image, width], twice [batch, heads, text + image, headDim]
  const output = (name: string, x: Value, biasOffset?: Value) =>
    nn.linear(name, x, width, width, biasOffset ? { biasOffset } : {})
  return {
    image: output('to_out.0', attended, folds?.image),
    context: contextPreOnly
      ? null
      : output(
          'to_add_out',
          ops.multiHeadAttention(fromText.query, keys, values, numHeads, headDim),
          folds?.text,
        ),
  }
}

/** What must be added to the output layers' biases, and taken from the text's keys and values. */
interface Folds {
  image: Value
  text?: Value
  minusKey: Value
  minusValue: Value
}

/**
 * Where the image's key and value biases go, so that none is added to [batch, image, width]. A vector taken from every
 * key changes all scores of a query alike, which softmax does not see; one taken from every value is missing from every
 * mixture, since probabilities sum to 1, and passes through the output layer into its bias. All of it is constant:
 * onnxruntime computes it once, in float32, when it loads the graph.
 */
function foldBiases(nn: NetworkBuilder, { width, contextPreOnly }: BlockConfig): Folds {
  const { ops } = nn
  const key = nn.linearBias(IMAGE.key, width, 'float32')
  const value = nn.linearBias(IMAGE.value, width, 'float32')
  const through = (name: string) => ops.matMul(nn.linearWeight(name, width, width, 'float32'), value) // [width]
  return {
    image: through('to_out.0'),
    ...(!contextPreOnly && { text: through('to_add_out') }),
    minusKey: ops.neg(key),
    minusValue: ops.neg(value),
  }
}

function imageWithoutBiases(nn: NetworkBuilder, image: Value, config: BlockConfig): Projections {
  return {
    query: projectHeads(nn, IMAGE.query, image, null, config),
    key: projectHeads(nn, IMAGE.key, image, null, config, { bias: false }),
    value: projectHeads(nn, IMAGE.value, image, null, config, { bias: false }),
  }
}

/** The text's queries, keys and values from one product over concatenated weights. */
function textFromOneProduct(
  nn: NetworkBuilder,
  context: Value,
  { width }: BlockConfig,
  { minusKey, minusValue }: Folds,
): Projections {
  const { ops } = nn
  const layer = (name: string, options: LinearOptions = {}) =>
    nn.linearParameters(name, width, width, options)
  const layers = [
    layer(TEXT.query),
    layer(TEXT.key, { biasOffset: minusKey }),
    layer(TEXT.value, { biasOffset: minusValue }),
  ]
  const weight = ops.joined(layers.map((one) => one.weight)) // [3 · width, width]
  const bias = ops.joined(layers.map((one) => one.bias))
  const all = ops.add(ops.matMulTransposed(context, weight), bias) // [batch, text, 3 · width]
  const [query, key, value] = ops.split(all, 3, -1)
  return { query, key, value }
}
