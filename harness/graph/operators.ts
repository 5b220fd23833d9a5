import { Graph, type Value } from './graph.ts'
import { dataTypeCodes, type ComputeType, type DataType } from './data-type.ts'

/**
 * ONNX operators as methods, named after what they do (https://onnx.ai/onnx/operators/).
 * Constants are written in the type the graph computes in.
 */
export class Operators {
  readonly graph: Graph
  readonly type: ComputeType
  private readonly portable: boolean

  /** @param options.portable spells out what not every execution provider of onnxruntime does right */
  constructor(graph: Graph, type: ComputeType, { portable = false } = {}) {
    this.graph = graph
    this.type = type
    this.portable = portable
  }

  add(a: Value, b: Value): Value {
    return this.one('Add', [a, b])
  }

  sub(a: Value, b: Value): Value {
    return this.one('Sub', [a, b])
  }

  mul(a: Value, b: Value): Value {
    return this.one('Mul', [a, b])
  }

  div(a: Value, b: Value): Value {
    return this.one('Div', [a, b])
  }

  neg(a: Value): Value {
    return this.one('Neg', [a])
  }

  log(a: Value): Value {
    return this.one('Log', [a])
  }

  sqrt(a: Value): Value {
    return this.one('Sqrt', [a])
  }

  sin(a: Value): Value {
    return this.one('Sin', [a])
  }

  cos(a: Value): Value {
    return this.one('Cos', [a])
  }

  sigmoid(a: Value): Value {
    return this.one('Sigmoid', [a])
  }

  relu(a: Value): Value {
    return this.one('Relu', [a])
  }

  /** x · sigmoid(x) */
  silu(a: Value): Value {
    return this.mul(a, this.sigmoid(a))
  }

  gelu(a: Value, approximate: 'none' | 'tanh'): Value {
    return this.one('Gelu', [a], { approximate })
  }

  matMul(a: Value, b: Value): Value {
    return this.one('MatMul', [a, b])
  }

  /** a · bᵀ: reads torch's `[out, in]` weights as they lie. */
  matMulTransposed(a: Value, b: Value, alpha = 1): Value {
    return this.one('FusedMatMul', [a, b], { transB: 1, alpha: { float: alpha } }, 'com.microsoft')
  }

  /** a · bᵀ + c over rows `[rows, in]`, rounded once. */
  gemmTransposed(a: Value, b: Value, c: Value): Value {
    return this.one('Gemm', [a, b, c], { transB: 1 })
  }

  softmax(a: Value, axis = -1): Value {
    return this.one('Softmax', [a], { axis })
  }

  /**
   * Attention over `[batch, tokens, heads · headDim]`; scale 1/√headDim.
   * @param bias added to the scores, `[batch, 1, queries, keys]`
   */
  multiHeadAttention(
    query: Value,
    key: Value,
    value: Value,
    numHeads: number,
    headDim: number,
    bias: Value | null = null,
  ): Value {
    if (!this.portable) {
      const inputs = bias === null ? [query, key, value] : [query, key, value, '', '', bias]
      return this.one('MultiHeadAttention', inputs, { num_heads: numHeads }, 'com.microsoft')
    }
    const heads = (x: Value, perm: number[]) =>
      this.transpose(this.reshape(x, [0, -1, numHeads, headDim]), perm)
    const scaled = this.mul(heads(query, [0, 2, 1, 3]), this.scalar(headDim ** -0.5))
    const scores = this.matMul(scaled, heads(key, [0, 2, 3, 1])) // [batch, heads, queries, keys]
    const probabilities = this.softmax(bias === null ? scores : this.add(scores, bias))
    const mixed = this.matMul(probabilities, heads(value, [0, 2, 1, 3]))
    return this.reshape(this.transpose(mixed, [0, 2, 1, 3]), [0, -1, numHeads * headDim])
  }

  /**
   * Attention to `past` keys and values and to `key` and `value`, `[batch, tokens, heads · headDim]`; also gives all of
   * them, as past ones are given, `[batch, heads, tokens, headDim]`.
   */
  attentionWithPast(
    query: Value,
    [key, value]: [Value, Value],
    [pastKey, pastValue]: [Value, Value],
    numHeads: number,
  ): [attended: Value, keys: Value, values: Value] {
    const inputs = [query, key, value, '', '', '', pastKey, pastValue]
    const options = { outputs: 3, domain: 'com.microsoft' }
    const made = this.graph.node('MultiHeadAttention', inputs, { num_heads: numHeads }, options)
    return made as [Value, Value, Value]
  }

  /** Attention over `[batch, tokens, heads · headDim]` in which a token sees those up to itself; scale 1/√headDim. */
  causalAttention(query: Value, key: Value, value: Value, numHeads: number): Value {
    const attributes = { num_heads: numHeads, unidirectional: 1 }
    return this.one('MultiHeadAttention', [query, key, value], attributes, 'com.microsoft')
  }

  layerNormalization(a: Value, scale: Value, bias: Value | null, epsilon: number): Value {
    const inputs = bias ? [a, scale, bias] : [a, scale]
    return this.one('LayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } })
  }

  /** Layer norm whose scale and bias differ between the pictures of a batch, `[batch, 1, width]`. */
  adaptiveLayerNormalization(a: Value, scale: Value, bias: Value, epsilon: number): Value {
    if (!this.portable) return this.layerNormalization(a, scale, bias, epsilon)
    const centred = this.sub(a, this.mean(a))
    const variance = this.add(this.mean(this.mul(centred, centred)), this.scalar(epsilon))
    return this.add(this.mul(this.div(centred, this.sqrt(variance)), scale), bias)
  }

  instanceNormalization(a: Value, scale: Value, bias: Value, epsilon: number): Value {
    return this.one('InstanceNormalization', [a, scale, bias], { epsilon: { float: epsilon } })
  }

  /** Group norm over `[batch, height, width, channels]`, then SiLU if wanted; scale and bias in float32. CUDA only. */
  groupNormalization(
    a: Value,
    scale: Value,
    bias: Value,
    { groups, epsilon, silu }: { groups: number; epsilon: number; silu: boolean },
  ): Value {
    const attributes = { groups, epsilon: { float: epsilon }, activation: silu ? 1 : 0, channels_last: 1 }
    return this.one('GroupNorm', [a, scale, bias], attributes, 'com.microsoft')
  }

  /** Mean over the last axis, kept as length 1. */
  mean(a: Value): Value {
    return this.one('ReduceMean', [a, this.ints([-1])], { keepdims: 1 })
  }

  conv(a: Value, weight: Value, bias: Value, attributes: { strides: number[]; pads: number[] }): Value {
    return this.one('Conv', [a, weight, bias], attributes)
  }

  /** Pads by zeros: `[before…, after…]` over all axes. */
  pad(a: Value, pads: number[] | Value): Value {
    return this.one('Pad', [a, this.intsOf(pads)])
  }

  /** Repeats axes of length 1 to fill a shape. */
  expand(a: Value, dims: Value): Value {
    return this.one('Expand', [a, dims])
  }

  /** Nearest-neighbour enlargement by whole factors, one per axis. */
  upsample(a: Value, scales: number[]): Value {
    const factors = this.graph.initializer(
      `scales_${scales.join('_')}`,
      'float32',
      [scales.length],
      floatBytes(scales),
    )
    return this.one('Resize', [a, '', factors], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    })
  }

  /** 0 keeps an axis, −1 infers it. */
  reshape(a: Value, dims: number[] | Value): Value {
    return this.one('Reshape', [a, this.intsOf(dims)])
  }

  transpose(a: Value, perm: number[]): Value {
    return this.one('Transpose', [a], { perm })
  }

  concat(values: Value[], axis: number): Value {
    return this.one('Concat', values, { axis })
  }

  /** Matrices, or vectors, one below the other. */
  joined(rows: Value[]): Value {
    return rows.length > 1 ? this.concat(rows, 0) : rows[0]
  }

  split(a: Value, parts: number, axis: number): Value[] {
    return this.graph.node('Split', [a], { axis, num_outputs: parts }, { outputs: parts })
  }

  slice(a: Value, starts: Value, ends: Value, axes: number[]): Value {
    return this.one('Slice', [a, starts, ends, this.ints(axes)])
  }

  unsqueeze(a: Value, axes: number[]): Value {
    return this.one('Unsqueeze', [a, this.ints(axes)])
  }

  gather(table: Value, indices: Value, axis = 0): Value {
    return this.one('Gather', [table, indices], { axis })
  }

  /** Picks `a[batch, index[batch]]`. */
  gatherRows(a: Value, indices: Value): Value {
    return this.one('GatherND', [a, this.unsqueeze(indices, [1])], { batch_dims: 1 })
  }

  argMax(a: Value, axis: number): Value {
    return this.one('ArgMax', [a], { axis, keepdims: 0 })
  }

  equal(a: Value, b: Value): Value {
    return this.one('Equal', [a, b])
  }

  /** Part `[start, end)` of a tensor's shape, as int64. */
  shape(a: Value, start: number, end: number): Value {
    return this.one('Shape', [a], { start, end })
  }

  depthToSpace(a: Value, blocksize: number): Value {
    return this.one('DepthToSpace', [a], { blocksize, mode: 'DCR' })
  }

  cast(a: Value, to: DataType): Value {
    return this.one('Cast', [a], { to: dataTypeCodes[to] })
  }

  /** A number in the graph's compute type. */
  scalar(value: number): Value {
    const exact = this.graph.initializer(`float_${value}`, 'float32', [], floatBytes([value]))
    return this.type === 'float32' ? exact : this.cast(exact, this.type)
  }

  /** Numbers in float32. */
  floats(name: string, dims: number[], values: ArrayLike<number>): Value {
    return this.graph.initializer(name, 'float32', dims, floatBytes(values))
  }

  ints(values: number[]): Value {
    const data = new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
    return this.graph.initializer(`ints_${values.join('_')}`, 'int64', [values.length], data)
  }

  private intsOf(values: number[] | Value): Value {
    return typeof values === 'string' ? values : this.ints(values)
  }

  private one(opType: string, inputs: Value[], attributes = {}, domain = ''): Value {
    return this.graph.node(opType, inputs, attributes, { domain })[0]
  }
}

function floatBytes(values: ArrayLike<number>): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer)
}
