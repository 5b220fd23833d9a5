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

/** SiLU of the conditioning vector [batch, width], and the linear layers that read it. */
export class Conditioning {
  private readonly nn: NetworkBuilder
  private readonly vector: Value
  private readonly width: number
  private readonly shared: { weights: Value[]; biases: Value[]; parts: Value[] } | null

  constructor(nn: NetworkBuilder, vector: Value, width: number) {
    this.nn = nn
    this.vector = vector
    this.width = width
    this.shared = nn.uses('shared-modulation') ? { weights: [], biases: [], parts: [] } : null
  }

  /**
   * A linear layer's output cut into `parts` of `[batch, 1, width]`, in the order they are named.
   * Every `scale` comes as `1 + scale`: the ones are added to the layer's bias, once, when the graph is loaded.
   */
  parts<Part extends string>(nn: NetworkBuilder, name: string, parts: readonly Part[]): Record<Part, Value> {
    const { vector, width, shared } = this
    const ones = new Float32Array(parts.length * width)
    parts.forEach((part, i) => part.startsWith('scale') && ones.fill(1, i * width, (i + 1) * width))
    const biasOffset = nn.ops.floats(`ones_${parts.join('_')}_${width}`, [ones.length], ones)
    const named = (values: Value[]) =>
      Object.fromEntries(parts.map((part, i) => [part, values[i]])) as Record<Part, Value>
    if (!shared) {
      const all = nn.linear(name, vector, width, ones.length, { biasOffset })
      return named(nn.ops.split(nn.ops.reshape(all, [0, parts.length, width]), parts.length, 1))
    }
    const { weight, bias } = nn.linearParameters(name, width, ones.length, { biasOffset })
    shared.weights.push(weight)
    shared.biases.push(bias)
    const promised = parts.map((part) => nn.at(name).join(part))
    shared.parts.push(...promised)
    return named(promised)
  }

  /** Computes what `parts` promised where all layers share one product: call it after the last of them. */
  finish(): void {
    if (!this.shared) return
    const { ops } = this.nn
    const { weights, biases, parts } = this.shared
    const product = ops.matMulTransposed(this.vector, ops.concat(weights, 0))
    const all = ops.add(product, ops.concat(biases, 0)) // [batch, parts · width]
    ops.splitInto(ops.reshape(all, [0, parts.length, this.width]), parts, 1)
  }
}

/** Layer norm with a gain and an offset for each picture of the batch: `norm(x) · gain + shift`. */
export function modulate(nn: NetworkBuilder, x: Value, { gain, shift }: Modulation): Value {
  return nn.ops.adaptiveLayerNormalization(x, gain, shift, 1e-6)
}
