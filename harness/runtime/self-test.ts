import { Graph } from '../graph/graph.ts'
import { Operators } from '../graph/operators.ts'
import { manualSeed } from '../random.ts'
import { isPortable, type Device } from './device.ts'
import { Session } from './session.ts'

const TOKENS = 48
const WIDTH = 128
const HEADS = 2

/** How far two devices' results of the same small network lie apart, relative to the largest value; NaN never passes. */
export async function largestDifference(device: Device, reference: Device): Promise<number> {
  const [actual, expected] = [await runOnce(device), await runOnce(reference)]
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  // Not Math.max: it would have to see every NaN, and a comparison with NaN is false.
  return expected.reduce((largest, value, i) => {
    const difference = Math.abs(actual[i] - value) / scale
    return difference <= largest ? largest : difference
  }, 0)
}

/**
 * Floating-point operations a second in matrix products of a transformer's shape.
 * @param size rows, columns and depth
 */
export async function productsPerSecond(device: Device, size = 1024): Promise<number> {
  const chain = 8
  const graph = new Graph()
  const ops = new Operators(graph, device.type)
  const input = compute(ops, graph.input('x', 'float32', [size, size]))
  const weight = compute(ops, graph.input('w', 'float32', [size, size]))
  let y = input
  for (let i = 0; i < chain; i++) y = ops.matMulTransposed(y, weight, 1 / size)
  // One number comes back, so that the copy is not what is measured.
  graph.output('y', exact(ops, ops.mean(ops.mean(ops.reshape(y, [1, -1])))), 'float32', [1, 1])
  const session = await Session.create(graph.serialize(), { device: device.name, type: device.type })
  const ones = { dims: [size, size], data: new Float32Array(size * size).fill(1) }
  let best = Infinity
  for (let i = 0; i < 4; i++) {
    const started = performance.now()
    await session.run({ x: ones, w: ones })
    best = Math.min(best, performance.now() - started)
  }
  await session.release()
  return (2 * size ** 3 * chain) / (best / 1000)
}

/** What SD3's networks are made of: a convolution, a norm, products with transposed weights, fused attention, GELU. */
async function runOnce(device: Device): Promise<Float32Array> {
  const graph = new Graph()
  const ops = new Operators(graph, device.type, { portable: isPortable(device) })
  const random = manualSeed(3)
  const weight = (name: string, dims: number[], scale: number) => {
    const { data } = random.randn(dims)
    const values = data.map((value) => value * scale)
    return compute(ops, ops.floats(name, dims, values))
  }
  const image = compute(ops, graph.input('x', 'float32', [1, 4, 6, 8]))
  const patches = ops.conv(image, weight('conv', [WIDTH, 4, 3, 3], 1 / 6), weight('bias', [WIDTH], 0.1), {
    strides: [1, 1],
    pads: [1, 1, 1, 1],
  })
  const tokens = ops.transpose(ops.reshape(patches, [0, WIDTH, -1]), [0, 2, 1]) // [1, tokens, width]
  const [gain, shift] = [weight('gain', [1, 1, WIDTH], 1), weight('shift', [1, 1, WIDTH], 1)]
  const normalized = ops.adaptiveLayerNormalization(tokens, gain, shift, 1e-6)
  const project = (name: string) =>
    ops.matMulTransposed(normalized, weight(name, [WIDTH, WIDTH], WIDTH ** -0.5))
  const mixed = ops.multiHeadAttention(project('q'), project('k'), project('v'), HEADS, WIDTH / HEADS)
  const y = ops.add(tokens, ops.gelu(mixed, 'tanh'))
  graph.output('y', exact(ops, y), 'float32', [1, TOKENS, WIDTH])
  const session = await Session.create(graph.serialize(), { device: device.name, type: device.type })
  try {
    const outputs = await session.run({ x: random.randn([1, 4, 6, 8]) })
    return outputs.y.data
  } finally {
    await session.release()
  }
}

function compute(ops: Operators, value: string): string {
  return ops.type === 'float32' ? value : ops.cast(value, ops.type)
}

function exact(ops: Operators, value: string): string {
  return ops.type === 'float32' ? value : ops.cast(value, 'float32')
}
