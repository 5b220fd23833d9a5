import type { Value } from '../graph/graph.ts'
import { modulate, modulation } from './adaptive-norm.ts'
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

/**
 * One MMDiT block (diffusers, models/attention.py, `JointTransformerBlock`): two streams with weights of their own
 * that meet in one attention.
 * @param conditioning SiLU of the conditioning vector [batch, width]
 */
export function jointTransformerBlock(
  nn: NetworkBuilder,
  image: Value, // [batch, image, width]
  context: Value, // [batch, text, width]
  conditioning: Value,
  config: BlockConfig,
): { image: Value; context: Value | null } {
  const { ops } = nn
  const { width, contextPreOnly, dualAttention } = config
  const gated = (x: Value, gate: Value, branch: Value) => ops.add(x, ops.mul(gate, branch))

  const parts = dualAttention ? 9 : 6
  const [shift, scale, gate, shiftMlp, scaleMlp, gateMlp, shift2, scale2, gate2] = ops.split(
    modulation(nn, 'norm1.linear', conditioning, width, parts),
    parts,
    -1,
  )
  // The last block's context norm is AdaLayerNormContinuous, which orders its two parts scale first.
  const contextParts = ops.split(
    modulation(nn, 'norm1_context.linear', conditioning, width, contextPreOnly ? 2 : 6),
    contextPreOnly ? 2 : 6,
    -1,
  )
  const [contextShift, contextScale] = contextPreOnly ? [contextParts[1], contextParts[0]] : contextParts

  const attended = jointAttention(
    nn.at('attn'),
    modulate(nn, image, scale, shift, width),
    modulate(nn, context, contextScale, contextShift, width),
    config,
  )

  let x = gated(image, gate, attended.image)
  if (dualAttention)
    x = gated(x, gate2, selfAttention(nn.at('attn2'), modulate(nn, image, scale2, shift2, width), config))
  x = gated(x, gateMlp, feedForward(nn.at('ff'), modulate(nn, x, scaleMlp, shiftMlp, width), width))
  nn.tap(x, ['batch', 'image', width])
  if (!attended.context) return { image: x, context: null }

  const [, , contextGate, contextShiftMlp, contextScaleMlp, contextGateMlp] = contextParts
  let c = gated(context, contextGate, attended.context)
  const normalized = modulate(nn, c, contextScaleMlp, contextShiftMlp, width)
  c = gated(c, contextGateMlp, feedForward(nn.at('ff_context'), normalized, width))
  nn.at('context').tap(c, ['batch', 'text', width])
  return { image: x, context: c }
}

function feedForward(nn: NetworkBuilder, x: Value, width: number): Value {
  const wide = nn.ops.gelu(nn.linear('net.0.proj', x, width, 4 * width), 'tanh') // [batch, tokens, 4 · width]
  return nn.linear('net.2', wide, 4 * width, width)
}
