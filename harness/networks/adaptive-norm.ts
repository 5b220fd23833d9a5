import type { Value } from '../graph/graph.ts'
import type { NetworkBuilder } from './network-builder.ts'

/*
 * adaLN-Zero (Peebles & Xie 2023, arXiv 2212.09748; diffusers, models/normalization.py): the conditioning vector
 * chooses each norm's shift and scale, and each branch's gate.
 */

/** A linear layer's `[batch, 1, parts · width]` of shifts, scales and gates. */
export function modulation(
  nn: NetworkBuilder,
  name: string,
  conditioning: Value,
  width: number,
  parts: number,
): Value {
  return nn.ops.unsqueeze(nn.linear(name, conditioning, width, parts * width), [1])
}

/** Layer norm without gain or bias, then `· (1 + scale) + shift`. */
export function modulate(nn: NetworkBuilder, x: Value, scale: Value, shift: Value, width: number): Value {
  const { ops } = nn
  const ones = nn.constant(`ones_${width}`, [width], new Float32Array(width).fill(1))
  const normalized = ops.layerNormalization(x, ones, null, 1e-6)
  return ops.add(ops.mul(normalized, ops.add(scale, ops.scalar(1))), shift)
}
