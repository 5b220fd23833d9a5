import { expect, it } from 'vitest'
import { manualSeed } from '../random.ts'
import { Session } from '../runtime/session.ts'
import { Graph } from './graph.ts'

/** y = relu(a) + one part of b; sin(a) and its constant are for nobody. */
function graphWithSpareParts(): Graph {
  const graph = new Graph()
  const a = graph.input('a', 'float32', [2, 3])
  const b = graph.input('b', 'float32', [2, 6])
  const unread = graph.initializer('unread', 'float32', [3], { file: 'absent.bin', offset: 0, length: 12 })
  graph.node('Add', [graph.node('Sin', [a])[0], unread])
  const [left] = graph.node('Split', [b], { axis: 1, num_outputs: 2 }, { outputs: 2 })
  graph.output('y', graph.node('Add', [graph.node('Relu', [a])[0], left])[0], 'float32', [2, 3])
  return graph
}

it('writes what an output depends on and nothing else', () => {
  const written = Buffer.from(graphWithSpareParts().serialize()).toString('latin1')
  expect(written).toContain('Relu')
  expect(written).toContain('Split')
  expect(written).not.toContain('Sin')
  expect(written).not.toContain('unread')
})

it('reads no weights that nothing depends on', async () => {
  const session = await Session.create(graphWithSpareParts().serialize(), { device: 'cpu' })
  const random = manualSeed(3)
  const [a, b] = [random.randn([2, 3]), random.randn([2, 6])]
  const { y } = await session.run({ a, b })
  await session.release()
  const expected = a.data.map((value, i) => Math.max(0, value) + b.data[i < 3 ? i : i + 3])
  expect(y.data).toEqual(expected)
})
