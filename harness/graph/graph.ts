import { dataTypeCodes, type DataType } from './data-type.ts'
import { ProtobufWriter } from './protobuf.ts'

/** The name of a tensor in a graph. */
export type Value = string & { readonly brand?: 'Value' }

/** A fixed size, or the name of a dynamic axis. */
export type Dim = number | string

export type Attribute = number | string | { float: number } | readonly number[]

/** Where an initializer's bytes lie: a file next to the others of its checkpoint, and the range in it. */
export interface ExternalData {
  file: string
  offset: number
  length: number
}

interface ValueInfo {
  name: string
  type: DataType
  dims: readonly Dim[]
}

interface Initializer {
  name: string
  type: DataType
  dims: readonly number[]
  data: Uint8Array | ExternalData
}

interface Node {
  opType: string
  domain: string
  inputs: readonly Value[]
  outputs: readonly Value[]
  attributes: Record<string, Attribute>
}

const opset = 20

/**
 * An ONNX graph under construction: inputs, initializers, nodes, outputs, and their serialisation
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). Knows nothing of any model.
 */
export class Graph {
  private readonly inputs: ValueInfo[] = []
  private readonly outputs: ValueInfo[] = []
  private readonly initializers = new Map<string, Initializer>()
  private readonly nodes: Node[] = []

  input(name: string, type: DataType, dims: readonly Dim[]): Value {
    this.inputs.push({ name, type, dims })
    return name
  }

  /** Makes `value` readable from outside as `name`. */
  output(name: string, value: Value, type: DataType, dims: readonly Dim[]): void {
    this.nodes.push({ opType: 'Identity', domain: '', inputs: [value], outputs: [name], attributes: {} })
    this.outputs.push({ name, type, dims })
  }

  /** A constant, stored in the graph or elsewhere; declaring one name twice keeps the first. */
  initializer(name: string, type: DataType, dims: readonly number[], data: Uint8Array | ExternalData): Value {
    if (!this.initializers.has(name)) this.initializers.set(name, { name, type, dims, data })
    return name
  }

  /** Adds an operator and returns its outputs. A domain other than ONNX's own is `com.microsoft`. */
  node(
    opType: string,
    inputs: readonly Value[],
    attributes: Record<string, Attribute> = {},
    { outputs = 1, domain = '' } = {},
  ): Value[] {
    const names = Array.from(
      { length: outputs },
      (_, i) => `${opType}_${this.nodes.length}${i ? `:${i}` : ''}`,
    )
    this.nodes.push({ opType, domain, inputs, outputs: names, attributes })
    return names
  }

  /** A serialised `ModelProto` of all that an output depends on: onnxruntime would compute the rest, too. */
  serialize(): Uint8Array {
    const needed = this.needed()
    const model = new ProtobufWriter()
    model.int(1, 9) // ir_version
    model.string(2, 'sd3-workshop') // producer_name
    model.message(8, (set) => set.string(1, '').int(2, opset))
    model.message(8, (set) => set.string(1, 'com.microsoft').int(2, 1))
    model.message(7, (graph) => {
      for (const node of this.nodes)
        if (needed.has(node.outputs[0])) graph.message(1, (message) => writeNode(message, node))
      graph.string(2, 'graph')
      for (const value of this.initializers.values())
        if (needed.has(value.name)) graph.message(5, (message) => writeInitializer(message, value))
      for (const info of this.inputs) graph.message(11, (message) => writeValueInfo(message, info))
      for (const info of this.outputs) graph.message(12, (message) => writeValueInfo(message, info))
    })
    return model.finish()
  }

  /** The names of all values that outputs depend on; of a node either all of its outputs are needed or none. */
  private needed(): Set<Value> {
    const makers = new Map(this.nodes.flatMap((node) => node.outputs.map((name) => [name, node])))
    const needed = new Set<Value>()
    const open: Value[] = this.outputs.map(({ name }) => name)
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (needed.has(name)) continue
      const maker = makers.get(name)
      for (const value of maker?.outputs ?? [name]) needed.add(value)
      open.push(...(maker?.inputs ?? []))
    }
    return needed
  }
}

function writeNode(message: ProtobufWriter, node: Node): void {
  for (const input of node.inputs) message.string(1, input)
  for (const output of node.outputs) message.string(2, output)
  message.string(3, node.outputs[0]).string(4, node.opType)
  for (const [name, value] of Object.entries(node.attributes)) {
    message.message(5, (attribute) => writeAttribute(attribute.string(1, name), value))
  }
  message.string(7, node.domain)
}

function writeAttribute(attribute: ProtobufWriter, value: Attribute): void {
  if (typeof value === 'number') attribute.int(3, value).int(20, 2)
  else if (typeof value === 'string') attribute.string(4, value).int(20, 3)
  else if ('float' in value) attribute.float(2, value.float).int(20, 1)
  else {
    for (const item of value) attribute.int(8, item)
    attribute.int(20, 7)
  }
}

function writeInitializer(message: ProtobufWriter, { name, type, dims, data }: Initializer): void {
  message.packedInts(1, dims).int(2, dataTypeCodes[type]).string(8, name)
  if (data instanceof Uint8Array) {
    message.bytes(9, data)
    return
  }
  for (const [key, value] of Object.entries({
    location: data.file,
    offset: data.offset,
    length: data.length,
  })) {
    message.message(13, (entry) => entry.string(1, key).string(2, String(value)))
  }
  message.int(14, 1) // data_location: EXTERNAL
}

function writeValueInfo(message: ProtobufWriter, { name, type, dims }: ValueInfo): void {
  message.string(1, name).message(2, (typeProto) =>
    typeProto.message(1, (tensorType) => {
      tensorType.int(1, dataTypeCodes[type])
      tensorType.message(2, (shape) => {
        for (const dim of dims) {
          shape.message(1, (axis) => (typeof dim === 'number' ? axis.int(1, dim) : axis.string(2, dim)))
        }
      })
    }),
  )
}
