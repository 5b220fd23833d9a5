import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HubError } from '../errors.ts'
import { digestFile, FileDigest } from './file-digest.ts'
import type { Hub } from './hub.ts'
import { PartFile, type OnBytes } from './part-file.ts'
import { brokenOff } from './refusals.ts'
import type { RemoteFile } from './repository.ts'

/**
 * Brings one file of the repository into a folder. What an earlier attempt left goes on where it stopped; nothing
 * gets the file's name before its size and hash are right.
 * @returns its SHA-256
 * @throws HubError when the hub refuses, stays out of reach, or twice sends something else than it announced
 */
export async function downloadFile(
  hub: Hub,
  commit: string,
  file: RemoteFile,
  folder: string,
  onBytes: OnBytes = () => {},
): Promise<string> {
  const target = join(folder, file.path)
  const present = await digestOfPresent(hub, target, file, onBytes)
  if (present !== null) return present
  await mkdir(dirname(target), { recursive: true })
  const path = partPath(folder, file)
  for (let attempt = 1; attempt <= 2; attempt++) {
    const part = await PartFile.open(path, file, { signal: hub.signal, onBytes })
    try {
      const sha256 = await fill(part, hub, hub.fileUrl(commit, file.path), file)
      if (sha256 !== null) {
        await rename(path, target)
        await removeParts(target)
        return sha256
      }
      await part.restart()
    } finally {
      await part.close()
    }
    await rm(path)
  }
  throw new HubError(
    `${file.path} arrived twice with another hash than the hub states.`,
    'Something between the hub and this machine changes it: try another network. Nothing damaged was kept.',
  )
}

/** Where a file's bytes are collected; the hash in the name keeps those of two revisions apart. */
export function partPath(folder: string, { path, hash }: RemoteFile): string {
  const value = 'sha256' in hash ? hash.sha256 : hash.gitBlob
  return join(folder, `${path}.${value.slice(0, 12)}.part`)
}

/** The SHA-256 of the file when it is there, whole and right. */
async function digestOfPresent(
  { signal }: Hub,
  target: string,
  file: RemoteFile,
  onBytes: OnBytes,
): Promise<string | null> {
  const info = await stat(target).catch(() => null)
  if (info?.size !== file.size) return null
  const digest = new FileDigest(file.size, file.hash)
  await digestFile(target, digest, { signal, onBytes: (count) => onBytes(count, 'kept') })
  const sha256 = digest.end()
  if (sha256 === null) onBytes(-file.size, 'kept')
  return sha256
}

/** Fetches what a part lacks. @returns the SHA-256, or null when the content is another than expected */
async function fill(
  part: PartFile,
  hub: Hub,
  url: string,
  { path, size }: RemoteFile,
): Promise<string | null> {
  let furthest = part.length
  for (let failures = 0; part.length < size;) {
    try {
      await transfer(part, hub, url, size)
      if (part.length > size) return null
      if (part.length < size) throw new Error(`the connection closed after ${part.length} of ${size} bytes`)
    } catch (error) {
      hub.signal?.throwIfAborted()
      if (error instanceof HubError) throw error
      // A server that starts afresh each time and always breaks off at the same byte makes no progress.
      failures = part.length > furthest ? 1 : failures + 1
      furthest = Math.max(furthest, part.length)
      if (failures >= hub.tries) throw brokenOff(path, error)
      await hub.pause(failures)
    }
  }
  return part.finish()
}

/** One request for what is missing; ends when the server does, or as soon as it sent too much. */
async function transfer(part: PartFile, hub: Hub, url: string, size: number): Promise<void> {
  const stalled = new AbortController()
  const stop = () => stalled.abort(new Error(`nothing arrived for ${hub.stallMs / 1000} s`))
  const timer = setTimeout(stop, hub.stallMs)
  try {
    const range = part.length > 0 ? { range: `bytes=${part.length}-` } : {}
    const headers = { 'accept-encoding': 'identity', ...range }
    const response = await hub.fetch(url, { headers, signal: stalled.signal })
    const start = startOf(response)
    if (start !== part.length) {
      await part.restart()
      // A server that ignores ranges sends the file from its start, which is as good.
      if (start !== 0) throw new Error('the server sent another range than was asked for')
    }
    for await (const chunk of response.body ?? []) {
      timer.refresh()
      await part.append(chunk)
      if (part.length > size) return
    }
  } finally {
    clearTimeout(timer)
    stalled.abort()
  }
}

/** The place in the file of a response's first byte. */
function startOf({ status, headers }: Response): number {
  if (status !== 206) return 0
  return Number(/^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1] ?? NaN)
}

/** Removes what attempts at other revisions of the file left. */
async function removeParts(target: string): Promise<void> {
  const name = basename(target)
  for (const other of await readdir(dirname(target))) {
    if (other.startsWith(`${name}.`) && other.endsWith('.part')) await rm(join(dirname(target), other))
  }
}
