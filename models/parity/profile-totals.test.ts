import { expect, it } from 'vitest'
import { aggregate, type ProfileEvent } from './profile-totals.ts'

const kernel = (ts: number, dur: number, op: string): ProfileEvent => ({
  cat: 'Node',
  name: `${op}_1_kernel_time`,
  ts,
  dur,
  args: { op_name: op, provider: 'CUDAExecutionProvider', output_type_shape: [{ float16: [2, 3] }] },
})
const run = (ts: number, dur: number): ProfileEvent => ({ cat: 'Session', name: 'model_run', ts, dur })

it('a profile’s totals are means over the last runs, and leave the warm-up out', () => {
  const warmUp = [kernel(1, 90_000, 'MatMul'), run(0, 100_000)]
  const first = [kernel(200_001, 3000, 'MatMul'), kernel(204_000, 1000, 'Add'), run(200_000, 5000)]
  const second = [kernel(300_001, 5000, 'MatMul'), kernel(306_000, 1000, 'Add'), run(300_000, 7000)]
  expect(aggregate([...warmUp, ...first, ...second], 2)).toEqual({
    steps: 2,
    stepMilliseconds: 6,
    operatorMilliseconds: 5,
    operators: [
      { name: 'MatMul', milliseconds: 4, count: 1 },
      { name: 'Add', milliseconds: 1, count: 1 },
    ],
    nodes: [
      { name: 'MatMul → float16 [2, 3]', milliseconds: 4, count: 1 },
      { name: 'Add → float16 [2, 3]', milliseconds: 1, count: 1 },
    ],
    providers: [{ name: 'CUDA', milliseconds: 5, count: 2 }],
  })
})
