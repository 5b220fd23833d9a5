import { manualSeed, tensor, zeros, type Tensor } from '#harness'

/** softmax(Q Kᵀ / scale), in float64 and without a shared maximum: 1 / Σ exp(logit − own logit), key by key. */
export function attentionWeights(queries: Tensor, keys: Tensor, scale: number): Tensor {
  const [n, d] = queries.dims
  const [m] = keys.dims
  const weights = zeros([n, m]) // [queries, keys]
  for (let i = 0; i < n; i++) {
    const logits = new Float64Array(m)
    for (let j = 0; j < m; j++) {
      for (let k = 0; k < d; k++) logits[j] += (queries.data[i * d + k] * keys.data[j * d + k]) / scale
    }
    for (let j = 0; j < m; j++) {
      let sum = 0
      for (const logit of logits) sum += Math.exp(logit - logits[j])
      weights.data[i * m + j] = 1 / sum
    }
  }
  return weights
}

/** [n, m] as [m, n]. */
export function transposed({ dims: [n, m], data }: Tensor): Tensor {
  const values = Float32Array.from({ length: n * m }, (_, at) => data[(at % n) * m + Math.floor(at / n)])
  return tensor([m, n], values)
}

/** Attention weights [n, n] that nobody has seen: each row adds up to 1, no two are alike. */
export function anyWeights(n: number, seed: number): Tensor {
  const generator = manualSeed(seed)
  return attentionWeights(generator.randn([n, 4]), generator.randn([n, 4]), 1)
}
