import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { contentHash } from './content-hash.ts'

export interface MemoLimits {
  /** Bytes of one value; a larger one is not kept. */
  largest: number
  /** Bytes of all files together, whoever wrote them. */
  total: number
}

const defaultLimits: MemoLimits = { largest: 2 ** 26, total: 2 ** 30 }

/** After this share of the total was written, the folder is looked through. */
const LOOK_EVERY = 1 / 64
/** What is kept when the folder was found too large. */
const KEEP = 3 / 4
const HASH_BYTES = 32

/**
 * Values in files named after what they were computed from, shared by all workers of a class: written beside, then
 * renamed, and believed only with the hash they were written with. Only trusted processes can reach the folder.
 * When it grows too large, what nobody asked for lately goes first: a submission must not fill the disk that all
 * are graded on.
 */
export class Memo {
  readonly #folder: string
  readonly #limits: MemoLimits
  #unseen = 0

  constructor(folder: string, limits: MemoLimits = defaultLimits) {
    this.#folder = folder
    this.#limits = limits
  }

  /** A value's name; null for arguments that have none, of which nothing can be remembered. */
  keyOf(method: string, args: unknown): string | null {
    try {
      return contentHash([method, args])
    } catch {
      return null
    }
  }

  async recall<T>(method: string, args: unknown, compute: () => Promise<T>): Promise<T> {
    const key = this.keyOf(method, args)
    const known = await this.find<{ value: T }>(key)
    if (known) return known.value
    const value = await compute()
    await this.keep(key, { value })
    return value
  }

  async find<T>(key: string | null): Promise<T | null> {
    if (key === null) return null
    const path = join(this.#folder, key)
    const bytes = await readFile(path).catch(() => null)
    if (!bytes) return null
    const value = bytes.subarray(HASH_BYTES)
    if (!hashOf(value).equals(bytes.subarray(0, HASH_BYTES))) {
      await rm(path, { force: true }) // A disk that failed; it is computed anew.
      return null
    }
    const now = new Date()
    await utimes(path, now, now).catch(() => {}) // Another worker may just have removed it.
    return deserialize(value) as T
  }

  async keep(key: string | null, value: unknown): Promise<void> {
    const bytes = serialize(value)
    if (key === null || bytes.length > this.#limits.largest) return
    const path = join(this.#folder, key)
    const unfinished = `${path}.${randomUUID()}` // Another worker may be writing the same.
    try {
      await writeFile(unfinished, [hashOf(bytes), bytes])
      await rename(unfinished, path)
    } catch {
      await rm(unfinished, { force: true }) // A full disk: only the time is lost.
    }
    this.#unseen += bytes.length
    if (this.#unseen > LOOK_EVERY * this.#limits.total) await this.#shrink()
  }

  /** Removes what was used longest ago, once there is too much; other workers may do the same at the same time. */
  async #shrink(): Promise<void> {
    this.#unseen = 0
    const names = await readdir(this.#folder).catch(() => [])
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#folder, name)
        const { size = 0, mtimeMs = 0 } = (await stat(path).catch(() => null)) ?? {}
        return { path, size, mtimeMs }
      }),
    )
    let total = files.reduce((sum, { size }) => sum + size, 0)
    if (total <= (1 - LOOK_EVERY) * this.#limits.total) return
    for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (total <= KEEP * this.#limits.total) return
      await rm(path, { force: true })
      total -= size
    }
  }
}

function hashOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
