import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** How the hub names a file's content: large files by SHA-256, the others by git's blob hash. */
export type ContentHash = { sha256: string } | { gitBlob: string }

/** Hashes a file while it arrives. */
export class FileDigest {
  private readonly expected: ContentHash
  private readonly sha256 = createHash('sha256')
  private readonly blob: Hash | null

  /** @param size in bytes; git hashes it before the content */
  constructor(size: number, expected: ContentHash) {
    this.expected = expected
    this.blob = 'gitBlob' in expected ? createHash('sha1').update(`blob ${size}\0`) : null
  }

  update(chunk: Uint8Array): void {
    this.sha256.update(chunk)
    this.blob?.update(chunk)
  }

  /** Ends the hash. @returns the SHA-256, or null when the content is another than expected */
  end(): string | null {
    const sha256 = this.sha256.digest('hex')
    const matches =
      'gitBlob' in this.expected
        ? this.blob?.digest('hex') === this.expected.gitBlob
        : sha256 === this.expected.sha256
    return matches ? sha256 : null
  }
}

export interface ReadOptions {
  signal?: AbortSignal | undefined
  /** Told how many bytes were read since it was last called. */
  onBytes?: (count: number) => void
}

/** Feeds a file's bytes to a digest. */
export async function digestFile(
  path: string,
  digest: Pick<FileDigest, 'update'>,
  { signal, onBytes }: ReadOptions = {},
): Promise<void> {
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20, ...(signal && { signal }) })) {
    digest.update(chunk as Buffer)
    onBytes?.((chunk as Buffer).length)
  }
}
