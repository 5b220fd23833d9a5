import { isDeepStrictEqual } from 'node:util'
import { Graph, type Dim, type ExternalData, type Value } from '../graph/graph.ts'
import { Operators } from '../graph/operators.ts'
import { bytesPerElement, type ComputeType, type DataType } from '../graph/data-type.ts'
import type { GraphForm } from './graph-form.ts'
import type { Parameter } from './network.ts'

/** Finds a stored tensor. @throws CheckpointError when it is missing or its shape differs. */
export interface WeightSource {
  locate(name: string, shape: number[]): { type: DataType; data: ExternalData }
}

/** What one run of a network's definition collects. */
interface Recording {
  parameters: Parameter[]
  buffers: Parameter[]
  /** What parameters and buffers take in the types they are computed in. */
  bytes: number
  taps: ReadonlySet<string>
  offered: Set<string>
  feeds: ReadonlySet<string>
  weights: WeightSource | null
  form: GraphForm
}

export interface BuildOptions {
  type?: ComputeType
  /** Module paths whose value should become graph outputs too. */
  taps?: readonly string[]
  /** The names of what the graph will be fed: an input that can be left out is there only if it is among them. */
  feeds?: readonly string[]
  /** Without weights the parameters are declared but the graph cannot be run. */
  weights?: WeightSource | null
  /** Spells out what not every execution provider of onnxruntime does right. */
  portable?: boolean
  form?: GraphForm
}

export interface LinearOptions {
  bias?: boolean
  type?: ComputeType
  biasOffset?: Value
}

/**
 * What a network is defined with: PyTorch's modules on top of ONNX operators. Each call declares the parameters
 * under the module's path and emits the nodes, so that one definition yields both the list and the graph.
 */
export class NetworkBuilder {
  readonly ops: Operators
  readonly path: string
  private readonly recording: Recording

  static create({
    type = 'float32',
    taps = [],
    feeds = [],
    weights = null,
    portable = false,
    form = 'plain',
  }: BuildOptions = {}): NetworkBuilder {
    return new NetworkBuilder(new Operators(new Graph(), type, { portable }), '', {
      parameters: [],
      buffers: [],
      bytes: 0,
      taps: new Set(taps),
      offered: new Set(),
      feeds: new Set(feeds),
      weights,
      form,
    })
  }

  private constructor(ops: Operators, path: string, recording: Recording) {
    this.ops = ops
    this.path = path
    this.recording = recording
  }

  /** The builder of a submodule: `at('attn')` in `transformer_blocks.0` declares `transformer_blocks.0.attn.…`. */
  at(module: string): NetworkBuilder {
    return new NetworkBuilder(this.ops, this.join(module), this.recording)
  }

  /** Whether the graph is written for CUDA's kernels. */
  get isFused(): boolean {
    return this.recording.form === 'fused'
  }

  get parameters(): Parameter[] {
    return this.recording.parameters
  }

  get buffers(): Parameter[] {
    return this.recording.buffers
  }

  /** Bytes of the parameters and buffers, in the types that they are computed in. */
  get weightBytes(): number {
    return this.recording.bytes
  }

  /** Every path that can be tapped. */
  get offeredTaps(): ReadonlySet<string> {
    return this.recording.offered
  }

  /** A float32 graph input, cast to the compute type. */
  input(name: string, dims: Dim[]): Value {
    return this.computed(this.ops.graph.input(name, 'float32', dims))
  }

  /** A float32 graph input that stays float32 and can be left out: then it is null. */
  optionalInput(name: string, dims: Dim[]): Value | null {
    return this.recording.feeds.has(name) ? this.ops.graph.input(name, 'float32', dims) : null
  }

  /** An int64 graph input. */
  indices(name: string, dims: Dim[]): Value {
    return this.ops.graph.input(name, 'int64', dims)
  }

  /** A float32 graph output. */
  output(name: string, value: Value, dims: Dim[]): void {
    const { graph, type } = this.ops
    graph.output(name, type === 'float32' ? value : this.ops.cast(value, 'float32'), 'float32', dims)
  }

  /** Whether the value that this module offers as a tap was asked for. */
  isTapped(): boolean {
    this.recording.offered.add(this.path)
    return this.recording.taps.has(this.path)
  }

  /** Offers a value under this module's path; it becomes an output when somebody asked for it. */
  tap(value: Value, dims: Dim[]): void {
    if (this.isTapped()) this.output(this.path, value, dims)
  }

  /** Declares a learned tensor and returns it in the compute type, or in `type`. */
  parameter(name: string, shape: number[], module: string, moduleType: string, type?: ComputeType): Value {
    return this.declare(this.recording.parameters, name, shape, module, moduleType, type)
  }

  /** Declares a saved tensor that is not learned. */
  buffer(name: string, shape: number[], moduleType: string): Value {
    return this.declare(this.recording.buffers, this.join(name), shape, this.path, moduleType)
  }

  /**
   * `nn.Linear`: x · Wᵀ + b. A `type` other than the compute type holds for this product alone.
   * @param options.biasOffset float32 numbers [outFeatures] to add to the bias; constants, so that onnxruntime does it
   *   once, when it loads the graph
   */
  linear(
    name: string,
    x: Value,
    inFeatures: number,
    outFeatures: number,
    { bias = true, type = this.ops.type, biasOffset }: LinearOptions = {},
  ): Value {
    const input = type === this.ops.type ? x : this.ops.cast(x, type)
    const weight = this.linearWeight(name, inFeatures, outFeatures, type)
    const product = this.ops.matMulTransposed(input, weight)
    if (!bias) return product
    return this.ops.add(product, this.offsetBias(name, outFeatures, type, biasOffset))
  }

  /** The parameters of `nn.Linear`: weight [outFeatures, inFeatures], bias [outFeatures] with `biasOffset` added. */
  linearParameters(
    name: string,
    inFeatures: number,
    outFeatures: number,
    { type = this.ops.type, biasOffset }: Omit<LinearOptions, 'bias'> = {},
  ): { weight: Value; bias: Value } {
    const weight = this.linearWeight(name, inFeatures, outFeatures, type)
    return { weight, bias: this.offsetBias(name, outFeatures, type, biasOffset) }
  }

  linearWeight(name: string, inFeatures: number, outFeatures: number, type = this.ops.type): Value {
    const module = this.join(name)
    return this.parameter(`${module}.weight`, [outFeatures, inFeatures], module, 'Linear', type)
  }

  linearBias(name: string, outFeatures: number, type = this.ops.type): Value {
    const module = this.join(name)
    return this.parameter(`${module}.bias`, [outFeatures], module, 'Linear', type)
  }

  private offsetBias(name: string, outFeatures: number, type: ComputeType, offset?: Value): Value {
    if (!offset) return this.linearBias(name, outFeatures, type)
    return this.computed(this.ops.add(this.linearBias(name, outFeatures, 'float32'), offset))
  }

  /** `nn.Conv2d` on `[batch, channels, height, width]`. */
  conv2d(
    name: string,
    x: Value,
    inChannels: number,
    outChannels: number,
    { kernel = 3, stride = 1, padding = 1 } = {},
  ): Value {
    const module = this.join(name)
    const weight = this.parameter(
      `${module}.weight`,
      [outChannels, inChannels, kernel, kernel],
      module,
      'Conv2d',
    )
    const bias = this.parameter(`${module}.bias`, [outChannels], module, 'Conv2d')
    return this.ops.conv(x, weight, bias, { strides: [stride, stride], pads: Array<number>(4).fill(padding) })
  }

  /** `nn.Embedding`: rows of a table. */
  embedding(name: string, ids: Value, count: number, width: number): Value {
    const module = this.join(name)
    return this.ops.gather(this.parameter(`${module}.weight`, [count, width], module, 'Embedding'), ids)
  }

  /** Float32 numbers that are part of the architecture, in the compute type. */
  constant(name: string, dims: number[], values: Float32Array): Value {
    return this.computed(this.ops.floats(name, dims, values))
  }

  /** A float32 value in the compute type. */
  computed(value: Value): Value {
    return this.ops.type === 'float32' ? value : this.ops.cast(value, this.ops.type)
  }

  private declare(
    list: Parameter[],
    name: string,
    shape: number[],
    module: string,
    moduleType: string,
    type: ComputeType = this.ops.type,
  ): Value {
    const known = list.find((one) => one.name === name)
    if (known && !isDeepStrictEqual(known, { name, shape, module, moduleType }))
      throw new Error(
        `${name} is declared as ${JSON.stringify(known)} and with shape [${shape.join(', ')}] of ${moduleType}.`,
      )
    if (!known) {
      list.push({ name, shape, module, moduleType })
      this.recording.bytes += shape.reduce((product, size) => product * size, 1) * bytesPerElement[type]
    }
    if (!this.recording.weights) return name
    const stored = this.recording.weights.locate(name, shape)
    const value = this.ops.graph.initializer(name, stored.type, shape, stored.data)
    return stored.type === type ? value : this.ops.cast(value, type)
  }

  private join(name: string): string {
    return this.path ? `${this.path}.${name}` : name
  }
}
