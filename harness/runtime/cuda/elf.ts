import { open, type FileHandle } from 'node:fs/promises'

/** What a shared library says of itself and of what it needs. */
export interface SharedLibrary {
  /** The name other libraries ask for it by; null when it has none. */
  soname: string | null
  /** The names of the libraries that must be loaded with it, in its order. */
  needed: string[]
}

const PROGRAM = { load: 1, dynamic: 2 }
const TAG = { end: 0, needed: 1, stringTable: 5, soname: 14 }
/** No real library's dynamic section or names come near. */
const LIMIT = 2 ** 20

interface Segment {
  type: number
  offset: number
  address: number
  size: number
}

/**
 * Reads the dynamic section of a 64-bit little-endian ELF file for x86-64, as `readelf -d` does; nothing is loaded or
 * run. Source: System V ABI, "Program Loading and Dynamic Linking"; Linux `elf(5)`.
 * @returns null for any other file
 */
export async function readSharedLibrary(path: string): Promise<SharedLibrary | null> {
  const file = await open(path).catch(() => null)
  if (!file) return null
  try {
    const segments = await readSegments(file)
    const dynamic = segments?.find(({ type }) => type === PROGRAM.dynamic)
    return segments && dynamic ? await readDynamic(file, segments, dynamic) : null
  } catch (error) {
    // A truncated or damaged file points outside of itself.
    if (error instanceof RangeError) return null
    throw error
  } finally {
    await file.close()
  }
}

async function readSegments(file: FileHandle): Promise<Segment[] | null> {
  const head = await read(file, 0, 64)
  const isElf = head.readUInt32BE(0) === 0x7f454c46
  const [bits, order, machine] = [head[4], head[5], head.readUInt16LE(18)]
  if (!isElf || bits !== 2 || order !== 1 || machine !== 62) return null
  const [offset, size, count] = [number(head, 32), head.readUInt16LE(54), head.readUInt16LE(56)]
  const table = await read(file, offset, size * count)
  return Array.from({ length: count }, (_, i) => {
    const entry = table.subarray(i * size)
    const type = entry.readUInt32LE(0)
    return { type, offset: number(entry, 8), address: number(entry, 16), size: number(entry, 32) }
  })
}

async function readDynamic(
  file: FileHandle,
  segments: Segment[],
  { offset, size }: Segment,
): Promise<SharedLibrary | null> {
  const section = await read(file, offset, size)
  const entries: { tag: number; value: number }[] = []
  for (let at = 0; at + 16 <= section.length; at += 16) {
    const tag = number(section, at)
    if (tag === TAG.end) break
    entries.push({ tag, value: number(section, at + 8) })
  }
  const address = entries.find(({ tag }) => tag === TAG.stringTable)?.value
  const holder = segments.find(
    (segment) =>
      segment.type === PROGRAM.load &&
      address !== undefined &&
      address >= segment.address &&
      address < segment.address + segment.size,
  )
  if (address === undefined || !holder) return null
  const table = address - holder.address + holder.offset
  const names = (wanted: number) =>
    Promise.all(entries.filter(({ tag }) => tag === wanted).map(({ value }) => readName(file, table + value)))
  const [soname = null] = await names(TAG.soname)
  return { soname, needed: await names(TAG.needed) }
}

async function readName(file: FileHandle, offset: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, offset)
  const end = buffer.indexOf(0)
  if (end < 0 || end >= bytesRead) throw new RangeError('a name without an end')
  return buffer.toString('latin1', 0, end)
}

async function read(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  if (length > LIMIT) throw new RangeError(`${length} bytes`)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset)
  if (bytesRead < length) throw new RangeError('the file is too short')
  return buffer
}

/** Addresses and tags beyond 2^53 stand in no real library. */
function number(buffer: Buffer, offset: number): number {
  const value = buffer.readBigUInt64LE(offset)
  if (value > Number.MAX_SAFE_INTEGER) throw new RangeError(`${value}`)
  return Number(value)
}
