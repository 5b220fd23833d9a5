import { expect, it } from 'vitest'
import { manualSeed } from '../random.ts'
import { Session } from '../runtime/session.ts'
import { Graph, type Value } from './graph.ts'
import { Operators } from './operators.ts'

const [batch, tokens, heads, headDim] = [2, 37, 3, 8]
const width = heads * headDim
const random = manualSeed(5)
const feeds = {
  q: random.randn([batch, tokens, width]),
  k: random.randn([batch, tokens, width]),
  v: random.randn([batch, tokens, width]),
  scale: random.randn([batch, 1, width]),
  shift: random.randn([batch, 1, width]),
  bias: random.randn([batch, 1, tokens, tokens]),
}

async function run(portable: boolean, build: (ops: Operators, inputs: Record<string, Value>) => Value) {
  const graph = new Graph()
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, { dims }]) => [name, graph.input(name, 'float32', dims)]),
  )
  graph.output('y', build(new Operators(graph, 'float32', { portable }), inputs), 'float32', feeds.q.dims)
  const session = await Session.create(graph.serialize(), { device: 'cpu' })
  const { y } = await session.run(feeds)
  await session.release()
  return y.data
}

it.each([
  [
    'attention',
    (ops: Operators, { q, k, v }: Record<string, Value>) => ops.multiHeadAttention(q, k, v, heads, headDim),
  ],
  [
    'attention with a bias',
    (ops: Operators, { q, k, v, bias }: Record<string, Value>) =>
      ops.multiHeadAttention(q, k, v, heads, headDim, bias),
  ],
  [
    'adaptive layer norm',
    (ops: Operators, { q, scale, shift }: Record<string, Value>) =>
      ops.adaptiveLayerNormalization(q, scale, shift, 1e-6),
  ],
])('%s spelt out is what the fused operator computes', async (_, build) => {
  const [fused, portable] = [await run(false, build), await run(true, build)]
  expect(fused).toHaveLength(batch * tokens * width)
  fused.forEach((value, i) =>
    expect(Math.abs(portable[i] - value)).toBeLessThan(2e-6 * (1 + Math.abs(value))),
  )
})
