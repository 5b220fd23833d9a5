import { bytesPerElement } from '../graph/data-type.ts'
import type { Value } from '../graph/graph.ts'
import { named, onesOf, type AdaptiveLayer, type Conditioning } from './adaptive-norm.ts'
import type { NetworkBuilder } from './network-builder.ts'

/** The most that one product's weights take: onnxruntime holds no constant of its making beyond 2 GiB. */
const SHARED_BYTES = 2 ** 30

/**
 * All layers that read the conditioning vector in one product over their concatenated weights, or in as few as there
 * must be. A layer alone multiplies its weights by the batch's two rows, which is all launching and reading.
 * @param vector SiLU of the conditioning vector [batch, width]
 * @param layers every layer that will be asked for
 */
export function sharedConditioning(
  nn: NetworkBuilder,
  vector: Value,
  width: number,
  layers: readonly AdaptiveLayer[],
  sharedBytes = SHARED_BYTES,
): Conditioning {
  const known = new Map<string, Value[]>()
  for (const group of groupsOf(layers, sharedBytes / (width * width * bytesPerElement[nn.ops.type]))) {
    const values = partsOf(nn, vector, width, group)
    let start = 0
    for (const layer of group) known.set(pathOf(layer), values.slice(start, (start += layer.parts.length)))
  }
  return (layer) => named(layer.parts, known.get(pathOf(layer))!)
}

/** Neighbours of together at most `most` parts; a layer with more stands alone. */
function groupsOf(layers: readonly AdaptiveLayer[], most: number): AdaptiveLayer[][] {
  const groups: AdaptiveLayer[][] = []
  let parts = Infinity
  for (const layer of layers) {
    parts += layer.parts.length
    if (parts > most) {
      groups.push([])
      parts = layer.parts.length
    }
    groups.at(-1)!.push(layer)
  }
  return groups
}

/** The parts of all layers of a group, one after another, each [batch, 1, width]. */
function partsOf(
  nn: NetworkBuilder,
  vector: Value,
  width: number,
  layers: readonly AdaptiveLayer[],
): Value[] {
  const { ops } = nn
  const declared = layers.map((layer) =>
    layer.nn.linearParameters(layer.name, width, layer.parts.length * width, {
      biasOffset: onesOf(layer, width),
    }),
  )
  const weight = ops.joined(declared.map((layer) => layer.weight))
  const bias = ops.joined(declared.map((layer) => layer.bias))
  const count = layers.reduce((sum, { parts }) => sum + parts.length, 0)
  const all = ops.add(ops.matMulTransposed(vector, weight), bias) // [batch, count · width]
  return ops.split(ops.reshape(all, [0, count, width]), count, 1)
}

const pathOf = ({ nn, name }: AdaptiveLayer) => `${nn.path}.${name}`
