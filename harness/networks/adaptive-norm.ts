import type { Value } from '../graph/graph.ts'
import { bytesPerElement } from '../graph/data-type.ts'
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

/** One linear layer that reads the conditioning vector, and the names its parts were promised under. */
interface SharedLayer {
  weight: Value
  bias: Value
  parts: Value[]
}

/** The most that one shared product's weights take: onnxruntime holds no constant of its making beyond 2 GiB. */
const SHARED_BYTES = 2 ** 30

/** SiLU of the conditioning vector [batch, width], and the linear layers that read it. */
export class Conditioning {
  private readonly nn: NetworkBuilder
  private readonly vector: Value
  private readonly width: number
  private readonly shared: SharedLayer[] | null

  constructor(nn: NetworkBuilder, vector: Value, width: number) {
    this.nn = nn
    this.vector = vector
    this.width = width
    this.shared = nn.uses('shared-modulation') ? [] : null
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
    const layer = nn.linearParameters(name, width, ones.length, { biasOffset })
    const promised = parts.map((part) => nn.at(name).join(part))
    shared.push({ ...layer, parts: promised })
    return named(promised)
  }

  /** Computes what `parts` promised where layers share a product: call it after the last of them. */
  finish(): void {
    let group: SharedLayer[] = []
    for (const layer of this.shared ?? []) {
      const parts = group.reduce((count, known) => count + known.parts.length, layer.parts.length)
      if (parts * this.width ** 2 * bytesPerElement[this.nn.ops.type] > SHARED_BYTES && group.length > 0) {
        this.emit(group)
        group = []
      }
      group.push(layer)
    }
    if (group.length > 0) this.emit(group)
  }

  private emit(layers: SharedLayer[]): void {
    const { ops } = this.nn
    const together = (values: Value[]) => (values.length > 1 ? ops.concat(values, 0) : values[0])
    const weight = together(layers.map((layer) => layer.weight))
    const bias = together(layers.map((layer) => layer.bias))
    const parts = layers.flatMap((layer) => layer.parts)
    const all = ops.add(ops.matMulTransposed(this.vector, weight), bias) // [batch, parts · width]
    ops.splitInto(ops.reshape(all, [0, parts.length, this.width]), parts, 1)
  }
}

/** Layer norm with a gain and an offset for each picture of the batch: `norm(x) · gain + shift`. */
export function modulate(nn: NetworkBuilder, x: Value, { gain, shift }: Modulation): Value {
  return nn.ops.adaptiveLayerNormalization(x, gain, shift, 1e-6)
}
