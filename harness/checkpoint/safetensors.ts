import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { CheckpointError } from '../errors.ts'
import { bytesPerElement, type DataType } from '../graph/data-type.ts'
import { formatShape, sizeOf } from '../tensor.ts'

/** Where a tensor's bytes lie in its file. */
export interface StoredTensor {
  type: DataType
  shape: number[]
  /** Absolute, in bytes. */
  offset: number
  length: number
}

const dataTypes: Record<string, DataType> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  F8_E4M3: 'float8e4m3fn',
  F8_E5M2: 'float8e5m2',
  I64: 'int64',
  I32: 'int32',
  U8: 'uint8',
  I8: 'int8',
  BOOL: 'bool',
}

/** Headers beyond this are refused, as the reference reader does. */
const maxHeaderBytes = 100_000_000

/**
 * Reads a `.safetensors` header (https://github.com/huggingface/safetensors): eight bytes of length, JSON, data.
 * Every claim of the header is checked against the file, so that nothing can be read past its end.
 * @throws CheckpointError naming the file, the tensor and the remedy
 */
export async function readSafetensorsHeader(path: string): Promise<Map<string, StoredTensor>> {
  const { header, dataStart, fileSize } = await readHeader(path)
  const tensors = new Map<string, StoredTensor>()
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue
    tensors.set(name, checkEntry(path, name, entry, dataStart, fileSize))
  }
  return tensors
}

async function readHeader(path: string) {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new CheckpointError(`${path} cannot be opened.`, 'Restore the file from the checkpoint.', { cause })
  })
  try {
    const info = await file.stat()
    if (!info.isFile()) throw damaged(path, 'is no file')
    const fileSize = info.size
    const prefix = Buffer.alloc(8)
    const { bytesRead } = await file.read(prefix, 0, 8, 0)
    if (bytesRead < 8) throw damaged(path, `is ${fileSize} bytes long, too short for a header`)
    if (prefix.toString('latin1') === 'version ') throw pointer(path)
    const length = Number(prefix.readBigUInt64LE())
    if (length > Math.min(maxHeaderBytes, fileSize - 8)) {
      throw damaged(path, `is ${fileSize} bytes long and claims a header of ${length}`)
    }
    const json = Buffer.alloc(length)
    await file.read(json, 0, length, 8)
    return { header: parseHeader(path, json.toString('utf8')), dataStart: 8 + length, fileSize }
  } finally {
    await file.close()
  }
}

function parseHeader(path: string, json: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(json)
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>
  } catch {
    // Told below, like any other header that is not an object.
  }
  throw damaged(path, 'has a header that is not a JSON object')
}

function checkEntry(
  path: string,
  name: string,
  entry: unknown,
  dataStart: number,
  fileSize: number,
): StoredTensor {
  const { dtype, shape, data_offsets: range } = (entry ?? {}) as Record<string, unknown>
  const type = typeof dtype === 'string' ? dataTypes[dtype] : undefined
  if (!type) throw damaged(path, `stores ${name} as ${JSON.stringify(dtype)}, which this harness cannot read`)
  if (!isSizes(shape)) throw damaged(path, `gives ${name} the shape ${JSON.stringify(shape)}`)
  if (!isSizes(range) || range.length !== 2)
    throw damaged(path, `gives ${name} the range ${JSON.stringify(range)}`)
  const [begin, end] = range
  const expected = sizeOf(shape) * bytesPerElement[type]
  if (end - begin !== expected) {
    throw damaged(
      path,
      `gives ${name} ${end - begin} bytes where ${formatShape(shape)} of ${type} takes ${expected}`,
    )
  }
  if (dataStart + end > fileSize) {
    throw damaged(path, `ends at byte ${fileSize}, but ${name} should reach to byte ${dataStart + end}`)
  }
  return { type, shape, offset: dataStart + begin, length: expected }
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0)
}

/** What a clone holds in a weight file's place when Git LFS was not installed: text that begins with "version". */
function pointer(path: string): CheckpointError {
  return new CheckpointError(
    `${path} is a Git LFS pointer, which stands for the weights.`,
    'Run git lfs pull in the checkpoint, or download the file.',
  )
}

function damaged(path: string, problem: string): CheckpointError {
  return new CheckpointError(
    `${path} ${problem}.`,
    `${basename(path)} is truncated or damaged: restore it from the checkpoint.`,
  )
}
