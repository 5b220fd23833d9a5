import type { Value } from '../graph/graph.ts'
import { modulate, type AdaptiveLayer, type Conditioning } from './adaptive-norm.ts'
import { fusedJointAttention } from './fused-joint-attention.ts'
import { jointAttention, selfAttention } from './joint-attention.ts'
import type { NetworkBuilder } from './network-builder.ts'

export interface BlockConfig {
  width: number
  numHeads: number
  headDim: number
  /** RMS norm on queries and keys (SD3.5). */
  qkNorm: boolean
  /** A second attention, over the image alone (SD3.5 Medium's first blocks). */
  dualAttention: boolean
  /** The last block: its text stream is read by the image and then dropped. */
  contextPreOnly: boolean
}

/** What `norm1.linear` chooses, in the order of its rows (diffusers, models/normalization.py). */
const BRANCH_PARTS = ['shift', 'scale', 'gate', 'shiftMlp', 'scaleMlp', 'gateMlp'] as const
const DUAL_PARTS = ['shift2', 'scale2', 'gate2'] as const
const CONTINUOUS_PARTS = ['scale', 'shift'] as const

/** The layers that a block's norms and gates come from; a last block's context norm is AdaLayerNormContinuous. */
export function adaptiveLayers(nn: NetworkBuilder, { contextPreOnly, dualAttention }: BlockConfig) {
  const own = [...BRANCH_PARTS, ...(dualAttention ? DUAL_PARTS : [])]
  return {
    own: { nn, name: 'norm1.linear', parts: own } satisfies AdaptiveLayer,
    text: {
      nn,
      name: 'norm1_context.linear',
      parts: contextPreOnly ? CONTINUOUS_PARTS : BRANCH_PARTS,
    } satisfies AdaptiveLayer,
  }
}

/**
 * One MMDiT block (diffusers, models/attention.py, `JointTransformerBlock`): two streams with weights of their own
 * that meet in one attention.
 * @param bias of the joint attention's scores [batch, 1, tokens, tokens]
 */
export function jointTransformerBlock(
  nn: NetworkBuilder,
  image: Value, // [batch, image, width]
  context: Value, // [batch, text, width]
  conditioning: Conditioning,
  config: BlockConfig,
  bias: Value | null = null,
): { image: Value; context: Value | null } {
  const { ops } = nn
  const { width, dualAttention } = config
  const gated = (x: Value, gate: Value, branch: Value) => ops.add(x, ops.mul(gate, branch))

  const layers = adaptiveLayers(nn, config)
  const own = conditioning(layers.own)
  const text = conditioning(layers.text)

  const attn = nn.at('attn')
  const normalizedImage = modulate(nn, image, { gain: own.scale, shift: own.shift })
  const normalizedText = modulate(nn, context, { gain: text.scale, shift: text.shift })
  // Probabilities, and scores with a bias, are those of the sequence as it stands in the plain graph.
  const attended =
    nn.isFused && !attn.isTapped() && bias === null
      ? fusedJointAttention(attn, normalizedImage, normalizedText, config)
      : jointAttention(attn, normalizedImage, normalizedText, config, bias)

  let x = gated(image, own.gate, attended.image)
  if (dualAttention) {
    const normalized = modulate(nn, image, { gain: own.scale2, shift: own.shift2 })
    x = gated(x, own.gate2, selfAttention(nn.at('attn2'), normalized, config))
  }
  const wide = modulate(nn, x, { gain: own.scaleMlp, shift: own.shiftMlp })
  x = gated(x, own.gateMlp, feedForward(nn.at('ff'), wide, width))
  nn.tap(x, ['batch', 'image', width])
  if (!attended.context) return { image: x, context: null }

  let c = gated(context, text.gate, attended.context)
  const wideText = modulate(nn, c, { gain: text.scaleMlp, shift: text.shiftMlp })
  c = gated(c, text.gateMlp, feedForward(nn.at('ff_context'), wideText, width))
  nn.at('context').tap(c, ['batch', 'text', width])
  return { image: x, context: c }
}

function feedForward(nn: NetworkBuilder, x: Value, width: number): Value {
  const wide = nn.ops.gelu(nn.linear('net.0.proj', x, width, 4 * width), 'tanh') // [batch, tokens, 4 · width]
  return nn.linear('net.2', wide, 4 * width, width)
}
