import type { Value } from '../graph/graph.ts'
import { activate, type Activation } from './activation.ts'
import type { ConfigReader } from '../config-reader.ts'
import type { NetworkBuilder } from './network-builder.ts'
import type { Define, Network } from './network.ts'
import { rmsNorm } from './norms.ts'

interface T5Config {
  dModel: number
  dFf: number
  numHeads: number
  headDim: number
  buckets: number
  activation: Activation
  gated: boolean
  epsilon: number
}

/**
 * T5's encoder (transformers, models/t5/modeling_t5.py; Raffel et al. 2020). No attention scale, no biases,
 * one table of relative-position biases, in block 0, shared by all blocks.
 *
 * `input_ids` [batch, tokens] and `relative_position_buckets` [tokens, tokens] (see `relativePositionBuckets`)
 * → `last_hidden_state` [batch, tokens, width].
 */
export const t5Encoder: Network = {
  className: 'T5EncoderModel',
  parts: { encoder: (nn, config) => define(nn, config, 0, config.number('num_layers')) },
  stages: { encoder: stages },
}

/** Cut between layers: what passes is the residual stream, `hidden_states.<layer>` [batch, tokens, width]. */
function stages(config: ConfigReader, share: number): Define[] {
  const layers = config.number('num_layers')
  const step = Math.max(1, Math.floor(layers * share))
  return Array.from(
    { length: Math.ceil(layers / step) },
    (_, i) => (nn, reader) => define(nn, reader, i * step, Math.min(layers, (i + 1) * step)),
  )
}

/** Layers `from` to before `to`: the first of all embeds the ids, the last of all ends with the final norm. */
function define(nn: NetworkBuilder, config: ConfigReader, from: number, to: number): void {
  const { ops } = nn
  const feedForward = config.choice('feed_forward_proj', ['gated-gelu', 'relu'], 'relu')
  const block: T5Config = {
    dModel: config.number('d_model'),
    dFf: config.number('d_ff'),
    numHeads: config.number('num_heads'),
    headDim: config.number('d_kv', 64),
    buckets: config.number('relative_attention_num_buckets', 32),
    activation: feedForward === 'gated-gelu' ? 'gelu_new' : 'relu',
    gated: feedForward === 'gated-gelu',
    epsilon: config.number('layer_norm_epsilon', 1e-6),
  }
  const buckets = nn.indices('relative_position_buckets', ['tokens', 'tokens'])
  const encoder = nn.at('encoder')

  // The residual stream stays in float32: in half precision its largest channels overflow in T5-XXL.
  const stream = ['batch', 'tokens', block.dModel]
  let x = from === 0 ? embed(nn, config, block) : ops.graph.input(`hidden_states.${from}`, 'float32', stream)
  const bias = positionBias(encoder.at('block.0.layer.0.SelfAttention'), buckets, block)
  for (let i = from; i < to; i++) {
    const attention = encoder.at(`block.${i}.layer.0`)
    x = ops.add(x, exact(nn, selfAttention(attention, x, bias, block)))
    x = ops.add(x, feedForwardLayer(encoder.at(`block.${i}.layer.1`), x, block))
  }
  if (to < config.number('num_layers')) {
    ops.graph.output(`hidden_states.${to}`, x, 'float32', stream)
    return
  }
  const last = rmsNorm(encoder, 'final_layer_norm', x, block.dModel, block.epsilon, 'T5LayerNorm', 'float32')
  nn.output('last_hidden_state', last, stream)
}

function embed(nn: NetworkBuilder, config: ConfigReader, { dModel }: T5Config): Value {
  const ids = nn.indices('input_ids', ['batch', 'tokens'])
  return exact(nn, nn.embedding('shared', ids, config.number('vocab_size'), dModel))
}

function positionBias(nn: NetworkBuilder, buckets: Value, { buckets: count, numHeads }: T5Config): Value {
  const bias = nn.embedding('relative_attention_bias', buckets, count, numHeads) // [tokens, tokens, heads]
  return nn.ops.transpose(bias, [2, 0, 1])
}

function selfAttention(nn: NetworkBuilder, x: Value, bias: Value, config: T5Config): Value {
  const { ops } = nn
  const { dModel, numHeads, headDim } = config
  const inner = numHeads * headDim
  const normalized = rmsNorm(nn, 'layer_norm', x, dModel, config.epsilon, 'T5LayerNorm', 'float32')
  const attention = nn.at('SelfAttention')
  const heads = (name: string) => {
    const projected = attention.linear(name, normalized, dModel, inner, { bias: false })
    return ops.transpose(ops.reshape(projected, [0, -1, numHeads, headDim]), [0, 2, 1, 3])
  }
  const scores = ops.add(ops.matMul(heads('q'), ops.transpose(heads('k'), [0, 1, 3, 2])), bias)
  const mixed = ops.matMul(ops.softmax(scores), heads('v')) // [batch, heads, tokens, headDim]
  const joined = ops.reshape(ops.transpose(mixed, [0, 2, 1, 3]), [0, -1, inner])
  return attention.linear('o', joined, inner, dModel, { bias: false })
}

function feedForwardLayer(nn: NetworkBuilder, x: Value, config: T5Config): Value {
  const { ops } = nn
  const { dModel, dFf, activation } = config
  const normalized = rmsNorm(nn, 'layer_norm', x, dModel, config.epsilon, 'T5LayerNorm', 'float32')
  const dense = nn.at('DenseReluDense')
  const wide = (name: string) => dense.linear(name, normalized, dModel, dFf, { bias: false })
  const hidden = config.gated
    ? ops.mul(activate(ops, activation, wide('wi_0')), wide('wi_1'))
    : activate(ops, activation, wide('wi'))
  // In float32 for the same reason as the residual stream; transformers keeps `wo` so too.
  return dense.linear('wo', hidden, dFf, dModel, { bias: false, type: 'float32' })
}

function exact({ ops }: NetworkBuilder, x: Value): Value {
  return ops.type === 'float32' ? x : ops.cast(x, 'float32')
}

/**
 * T5's bucket of each key's distance from each query, both ways: half of the buckets for each direction,
 * of those half exact and half logarithmic up to `maxDistance`.
 * @returns row-major [tokens, tokens], rows are queries
 */
export function relativePositionBuckets(
  tokens: number,
  numBuckets: number,
  maxDistance: number,
): BigInt64Array {
  const perSide = numBuckets / 2
  const exactBuckets = perSide / 2
  const bucket = (distance: number) => {
    const side = distance > 0 ? perSide : 0
    const length = Math.abs(distance)
    if (length < exactBuckets) return side + length
    // Rounded to float32 after each operation, as torch does, so that powers of two fall on the same side.
    const log = Math.fround(Math.log(Math.fround(length / exactBuckets)))
    const share = Math.fround(log / Math.fround(Math.log(maxDistance / exactBuckets)))
    return (
      side + Math.min(perSide - 1, exactBuckets + Math.trunc(Math.fround(share * (perSide - exactBuckets))))
    )
  }
  return BigInt64Array.from({ length: tokens * tokens }, (_, i) =>
    BigInt(bucket((i % tokens) - Math.floor(i / tokens))),
  )
}
