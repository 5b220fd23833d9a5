/**
 * Writes protocol-buffer messages: the wire format only (https://protobuf.dev/programming-guides/encoding/).
 * A message is a list of chunks, so that nesting copies bytes once.
 */
export class ProtobufWriter {
  private readonly chunks: Uint8Array[] = []
  private length = 0

  /** A varint field: int32, int64, enum, bool. Negative numbers take ten bytes, as the format demands. */
  int(field: number, value: number | bigint): this {
    return this.tag(field, 0).push(varint(BigInt(value)))
  }

  /** A 32-bit IEEE float field. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setFloat32(0, value, true)
    return this.tag(field, 5).push(bytes)
  }

  bytes(field: number, value: Uint8Array): this {
    return this.tag(field, 2)
      .push(varint(BigInt(value.length)))
      .push(value)
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  /** A nested message, written by `write`. */
  message(field: number, write: (message: ProtobufWriter) => void): this {
    const nested = new ProtobufWriter()
    write(nested)
    this.tag(field, 2).push(varint(BigInt(nested.length)))
    for (const chunk of nested.chunks) this.push(chunk)
    return this
  }

  /** Repeated int64, packed. */
  packedInts(field: number, values: readonly (number | bigint)[]): this {
    const packed = new ProtobufWriter()
    for (const value of values) packed.push(varint(BigInt(value)))
    return this.bytes(field, packed.finish())
  }

  finish(): Uint8Array {
    const result = new Uint8Array(this.length)
    let offset = 0
    for (const chunk of this.chunks) {
      result.set(chunk, offset)
      offset += chunk.length
    }
    return result
  }

  private tag(field: number, wireType: number): this {
    return this.push(varint(BigInt((field << 3) | wireType)))
  }

  private push(chunk: Uint8Array): this {
    this.chunks.push(chunk)
    this.length += chunk.length
    return this
  }
}

function varint(value: bigint): Uint8Array {
  let rest = BigInt.asUintN(64, value)
  const bytes: number[] = []
  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    bytes.push(rest ? low | 0x80 : low)
  } while (rest)
  return Uint8Array.from(bytes)
}
