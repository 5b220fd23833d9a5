import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { HubError } from '../errors.ts'
import { digestFile, FileDigest } from './file-digest.ts'
import type { RemoteFile } from './repository.ts'

/** Told of bytes that are here: `kept` from before, or `fetched`. Negative when they had to be thrown away. */
export type OnBytes = (count: number, from: 'kept' | 'fetched') => void

/** A file on its way: the bytes that came so far, and their hash. */
export class PartFile {
  readonly path: string
  private readonly handle: FileHandle
  private readonly file: RemoteFile
  private readonly onBytes: OnBytes
  private digest: FileDigest
  private bytes = 0

  /** Opens or creates the part and hashes what an earlier attempt left in it. */
  static async open(
    path: string,
    file: RemoteFile,
    { signal, onBytes }: { signal: AbortSignal | undefined; onBytes: OnBytes },
  ): Promise<PartFile> {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT).catch(diskError(path))
    const part = new PartFile(path, handle, file, onBytes)
    try {
      const { size } = await handle.stat()
      if (size > file.size) await handle.truncate(0)
      const count = (n: number) => part.count(n, 'kept')
      await digestFile(path, part.digest, { signal, onBytes: count })
      return part
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  private constructor(path: string, handle: FileHandle, file: RemoteFile, onBytes: OnBytes) {
    this.path = path
    this.handle = handle
    this.file = file
    this.onBytes = onBytes
    this.digest = new FileDigest(file.size, file.hash)
  }

  /** Bytes so far. */
  get length(): number {
    return this.bytes
  }

  async append(chunk: Uint8Array): Promise<void> {
    let written = 0
    while (written < chunk.length) {
      const place = [written, chunk.length - written, this.bytes + written] as const
      written += (await this.handle.write(chunk, ...place).catch(diskError(this.path))).bytesWritten
    }
    this.digest.update(chunk)
    this.count(chunk.length, 'fetched')
  }

  /** Forgets every byte. */
  async restart(): Promise<void> {
    await this.handle.truncate(0).catch(diskError(this.path))
    this.count(-this.bytes, 'kept')
    this.digest = new FileDigest(this.file.size, this.file.hash)
  }

  /** Makes the bytes last. @returns their SHA-256, or null when their hash is not the expected one */
  async finish(): Promise<string | null> {
    await this.handle.sync().catch(diskError(this.path))
    return this.digest.end()
  }

  async close(): Promise<void> {
    await this.handle.close()
  }

  private count(bytes: number, from: 'kept' | 'fetched'): void {
    this.bytes += bytes
    this.onBytes(bytes, from)
  }
}

function diskError(path: string): (cause: unknown) => never {
  return (cause) => {
    throw new HubError(
      `${path} cannot be written: ${(cause as NodeJS.ErrnoException).code}.`,
      'Free disk space, or name a folder you may write to with --to; then run the same command again.',
      { cause },
    )
  }
}
