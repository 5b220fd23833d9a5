import type { Value } from '../graph/graph.ts'
import { activate, activations, type Activation } from './activation.ts'
import type { ConfigReader } from '../config-reader.ts'
import type { NetworkBuilder } from './network-builder.ts'
import type { Network } from './network.ts'
import { layerNorm } from './norms.ts'

interface ClipConfig {
  tokens: number
  hiddenSize: number
  intermediateSize: number
  numHeads: number
  activation: Activation
  epsilon: number
}

/**
 * CLIP's text tower with its projection (transformers, models/clip/modeling_clip.py).
 *
 * `input_ids` [batch, tokens] → `text_embeds` [batch, projection], the projected state of the end-of-text token.
 * Taps `hidden_states.<n>` [batch, tokens, width]: the embeddings (0) and each layer's output (n), none of them
 * normalised. SD3 reads the last but one.
 */
export const clipText: Network = { className: 'CLIPTextModelWithProjection', parts: { encoder: define } }

function define(nn: NetworkBuilder, config: ConfigReader): void {
  const { ops } = nn
  const hiddenSize = config.number('hidden_size')
  const layers = config.number('num_hidden_layers')
  const positions = config.number('max_position_embeddings')
  const projection = config.number('projection_dim')
  const layer: ClipConfig = {
    tokens: positions,
    hiddenSize,
    intermediateSize: config.number('intermediate_size'),
    numHeads: config.number('num_attention_heads'),
    activation: config.choice('hidden_act', activations, 'quick_gelu'),
    epsilon: config.number('layer_norm_eps', 1e-5),
  }

  const text = nn.at('text_model')
  const ids = nn.indices('input_ids', ['batch', positions])
  const embeddings = text.at('embeddings')
  const tokens = embeddings.embedding('token_embedding', ids, config.number('vocab_size'), hiddenSize)
  const order = ops.ints(Array.from({ length: positions }, (_, i) => i))
  let x = ops.add(tokens, embeddings.embedding('position_embedding', order, positions, hiddenSize))
  nn.at('hidden_states.0').tap(x, ['batch', positions, hiddenSize])

  const mask = nn.constant('causal_mask', [positions, positions], causalMask(positions))
  for (let i = 0; i < layers; i++) {
    x = encoderLayer(text.at(`encoder.layers.${i}`), x, mask, layer)
    nn.at(`hidden_states.${i + 1}`).tap(x, ['batch', positions, hiddenSize])
  }

  const normalized = layerNorm(text, 'final_layer_norm', x, hiddenSize, layer.epsilon)
  const pooled = ops.gatherRows(normalized, endOfText(nn, ids, config.anyNumber('eos_token_id')))
  nn.output('text_embeds', nn.linear('text_projection', pooled, hiddenSize, projection, { bias: false }), [
    'batch',
    projection,
  ])
}

function encoderLayer(nn: NetworkBuilder, x: Value, mask: Value, config: ClipConfig): Value {
  const { ops } = nn
  const { hiddenSize, intermediateSize, epsilon } = config
  const attended = attention(
    nn.at('self_attn'),
    layerNorm(nn, 'layer_norm1', x, hiddenSize, epsilon),
    mask,
    config,
  )
  const residual = ops.add(x, attended)
  const normalized = layerNorm(nn, 'layer_norm2', residual, hiddenSize, epsilon)
  const wide = activate(
    ops,
    config.activation,
    linear(nn, 'mlp.fc1', normalized, hiddenSize, intermediateSize, config),
  )
  return ops.add(residual, linear(nn, 'mlp.fc2', wide, intermediateSize, hiddenSize, config))
}

function attention(nn: NetworkBuilder, x: Value, mask: Value, config: ClipConfig): Value {
  const { ops } = nn
  const { hiddenSize, numHeads } = config
  const project = (name: string, from = x) => linear(nn, name, from, hiddenSize, hiddenSize, config)
  if (nn.isFused) {
    const mixed = ops.causalAttention(project('q_proj'), project('k_proj'), project('v_proj'), numHeads)
    return project('out_proj', mixed)
  }
  const headDim = hiddenSize / numHeads
  const heads = (name: string) =>
    ops.transpose(ops.reshape(project(name), [0, -1, numHeads, headDim]), [0, 2, 1, 3])
  const query = ops.mul(heads('q_proj'), ops.scalar(headDim ** -0.5))
  const scores = ops.add(ops.matMul(query, ops.transpose(heads('k_proj'), [0, 1, 3, 2])), mask)
  const mixed = ops.matMul(ops.softmax(scores), heads('v_proj')) // [batch, heads, tokens, headDim]
  const joined = ops.reshape(ops.transpose(mixed, [0, 2, 1, 3]), [0, -1, hiddenSize])
  return project('out_proj', joined)
}

/** Fused, the bias enters the product before it is rounded to half precision, as in PyTorch: rounding twice adds up. */
function linear(
  nn: NetworkBuilder,
  name: string,
  x: Value,
  inFeatures: number,
  outFeatures: number,
  { tokens }: ClipConfig,
): Value {
  if (!nn.isFused) return nn.linear(name, x, inFeatures, outFeatures)
  const { weight, bias } = nn.linearParameters(name, inFeatures, outFeatures)
  const product = nn.ops.gemmTransposed(nn.ops.reshape(x, [-1, inFeatures]), weight, bias) // [batch · tokens, out]
  return nn.ops.reshape(product, [-1, tokens, outFeatures])
}

/** −∞ would make fp16 softmax rows NaN-prone; the most negative half is as good as −∞ after softmax. */
function causalMask(tokens: number): Float32Array {
  return Float32Array.from({ length: tokens * tokens }, (_, i) =>
    i % tokens > Math.floor(i / tokens) ? -65504 : 0,
  )
}

/**
 * The position whose state is pooled. Checkpoints from before transformers fixed their configs say `eos_token_id: 2`
 * (SD3's do); for them it is the largest id, which is the first end-of-text token.
 */
function endOfText({ ops }: NetworkBuilder, ids: Value, eosTokenId: number): Value {
  const marked = eosTokenId === 2 ? ids : ops.cast(ops.equal(ids, ops.ints([eosTokenId])), 'int32')
  return ops.argMax(marked, -1)
}
