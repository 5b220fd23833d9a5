import type { Value } from '../graph/graph.ts'
import type { NetworkBuilder } from './network-builder.ts'

/*
 * adaLN-Zero (Peebles & Xie 2023, arXiv 2212.09748; diffusers, models/normalization.py): the conditioning vector
 * chooses each norm's shift and scale, and each branch's gate.
 */

/** One norm's gain and offset, each [batch, 1, width]. The gain is adaLN's `1 + scale`. */
export interface Modulation {
  gain: Value
  shift: Value
}

/**
 * A linear layer's output cut into `parts` of `[batch, 1, width]`, in the order they are named.
 * Every `scale` comes as `1 + scale`: the ones are added to the layer's bias, once, when the graph is loaded.
 */
export function adaptiveParts<Part extends string>(
  nn: NetworkBuilder,
  name: string,
  conditioning: Value,
  width: number,
  parts: readonly Part[],
): Record<Part, Value> {
  const ones = new Float32Array(parts.length * width)
  parts.forEach((part, i) => part.startsWith('scale') && ones.fill(1, i * width, (i + 1) * width))
  const all = nn.linear(name, conditioning, width, parts.length * width, {
    biasOffset: nn.ops.floats(`ones_${parts.join('_')}_${width}`, [ones.length], ones),
  })
  const values = nn.ops.split(nn.ops.unsqueeze(all, [1]), parts.length, -1)
  return Object.fromEntries(parts.map((part, i) => [part, values[i]])) as Record<Part, Value>
}

/** Layer norm with a gain and an offset for each picture of the batch: `norm(x) · gain + shift`. */
export function modulate(nn: NetworkBuilder, x: Value, { gain, shift }: Modulation): Value {
  return nn.ops.adaptiveLayerNormalization(x, gain, shift, 1e-6)
}
