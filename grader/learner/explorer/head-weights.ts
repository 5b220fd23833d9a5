import type { Tensor } from '#harness'

/**
 * One head's probabilities, or their mean over all heads.
 * @param attention [1, heads, tokens, tokens]
 * @returns [tokens, tokens]; of a single head a view of the same memory
 */
export function headWeights({ dims, data }: Tensor, head: number | 'mean'): Float32Array {
  const [, heads, queries, keys] = dims
  const size = queries * keys
  if (head !== 'mean') return data.subarray(head * size, (head + 1) * size)
  const mean = new Float32Array(size)
  for (let at = 0; at < size; at++) {
    let sum = 0
    for (let i = 0; i < heads; i++) sum += data[i * size + at]
    mean[at] = sum / heads
  }
  return mean
}
