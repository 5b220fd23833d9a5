import { mkdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { HubError } from '../errors.ts'
import { downloadFile, partPath } from './download-file.ts'
import type { Hub } from './hub.ts'
import type { OnBytes } from './part-file.ts'
import type { RemoteFile } from './repository.ts'

/** Files that are fetched at the same time. */
const CONNECTIONS = 4
/** What must stay free on the disk. */
const SPARE_BYTES = 200_000_000

export interface DownloadEvents {
  onBytes?: OnBytes
  onFile?: (file: RemoteFile) => void
}

/**
 * Brings files of one commit into a folder, some at the same time; the first failure stops the others, and what came
 * is kept for the next attempt.
 * @returns the SHA-256 of each by its path
 * @throws HubError as {@link downloadFile}, or when the disk has no room
 */
export async function download(
  hub: Hub,
  commit: string,
  files: readonly RemoteFile[],
  folder: string,
  { onBytes, onFile }: DownloadEvents = {},
): Promise<Map<string, string>> {
  await mkdir(folder, { recursive: true })
  await checkRoom(files, folder)
  const failed = new AbortController()
  const linked = hub.until(failed.signal)
  // Large files first: they decide when all is done.
  const waiting = [...files].sort((a, b) => b.size - a.size)
  const hashes = new Map<string, string>()
  const work = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      hashes.set(file.path, await downloadFile(linked, commit, file, folder, onBytes))
      onFile?.(file)
    }
  }
  const workers = Array.from({ length: CONNECTIONS }, () =>
    work().catch((error: unknown) => {
      if (!failed.signal.aborted) failed.abort(error)
      waiting.length = 0
      throw error
    }),
  )
  await Promise.allSettled(workers)
  hub.signal?.throwIfAborted()
  failed.signal.throwIfAborted()
  return hashes
}

/** Compares what is still to come with what the disk has free. @throws HubError */
async function checkRoom(files: readonly RemoteFile[], folder: string): Promise<void> {
  const sizes = await Promise.all(files.map((file) => missingBytes(file, folder)))
  const needed = sizes.reduce((sum, size) => sum + size, 0)
  if (needed === 0) return
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (needed + SPARE_BYTES <= free) return
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
  throw new HubError(
    `${gigabytes(needed)} are to come, and the disk of ${folder} has ${gigabytes(free)} free.`,
    'Free some space, or name a folder on another disk with --to; --without-t5 leaves out the largest part.',
  )
}

async function missingBytes(file: RemoteFile, folder: string): Promise<number> {
  const sizeOf = async (path: string) => (await stat(path).catch(() => null))?.size ?? 0
  if ((await sizeOf(join(folder, file.path))) === file.size) return 0
  return Math.max(0, file.size - (await sizeOf(partPath(folder, file))))
}
