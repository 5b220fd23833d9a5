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

/** A linear layer that reads the conditioning vector, and what its output is cut into, in order. */
export interface AdaptiveLayer<Part extends string = string> {
  nn: NetworkBuilder
  name: string
  parts: readonly Part[]
}

/** Gives a layer's parts, each [batch, 1, width]. Every `scale` comes as `1 + scale`. */
export type Conditioning = <Part extends string>(layer: AdaptiveLayer<Part>) => Record<Part, Value>

/**
 * Each layer in a product of its own.
 * @param vector SiLU of the conditioning vector [batch, width]
 */
export function conditioningBy(vector: Value, width: number): Conditioning {
  return (layer) => {
    const { nn, name, parts } = layer
    const all = nn.linear(name, vector, width, parts.length * width, { biasOffset: onesOf(layer, width) })
    return named(parts, nn.ops.split(nn.ops.unsqueeze(all, [1]), parts.length, -1))
  }
}

/** Ones where a `scale` stands, added to the layer's bias once, when the graph is loaded. */
export function onesOf({ nn, parts }: AdaptiveLayer, width: number): Value {
  const ones = new Float32Array(parts.length * width)
  parts.forEach((part, i) => part.startsWith('scale') && ones.fill(1, i * width, (i + 1) * width))
  return nn.ops.floats(`ones_${parts.join('_')}_${width}`, [ones.length], ones)
}

export function named<Part extends string>(
  parts: readonly Part[],
  values: readonly Value[],
): Record<Part, Value> {
  return Object.fromEntries(parts.map((part, i) => [part, values[i]])) as Record<Part, Value>
}

/** Layer norm with a gain and an offset for each picture of the batch: `norm(x) · gain + shift`. */
export function modulate(nn: NetworkBuilder, x: Value, { gain, shift }: Modulation): Value {
  return nn.ops.adaptiveLayerNormalization(x, gain, shift, 1e-6)
}
