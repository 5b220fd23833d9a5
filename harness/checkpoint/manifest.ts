import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CheckpointError } from '../errors.ts'
import { readJsonObject } from './json-object.ts'

/** What a checkpoint's `manifest.json` says: its files with their sizes and hashes, and where they came from. */
export interface Manifest {
  source?: {
    /** `owner/name` on the hub. */
    repository: string
    commit: string
    licence: string
  }
  files: Record<string, { bytes: number; sha256: string }>
}

export const MANIFEST = 'manifest.json'

/** @throws CheckpointError when it is missing or is no manifest */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST)
  const { source, files } = await readJsonObject(path)
  if (!isRecord(files)) throw damaged(path, 'has no "files"')
  for (const [name, entry] of Object.entries(files)) {
    // Verifying reads the files that are named: none may lie elsewhere.
    if (!isInside(name))
      throw damaged(path, `names ${JSON.stringify(name)}, which lies outside the checkpoint`)
    if (!isEntry(entry)) throw damaged(path, `gives ${name} no "bytes" and "sha256"`)
  }
  const manifest = { files: files as Manifest['files'] }
  return isSource(source) ? { source, ...manifest } : manifest
}

export async function writeManifest(folder: string, { source, files }: Manifest): Promise<void> {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)))
  await writeFile(join(folder, MANIFEST), JSON.stringify({ source, files: sorted }, null, 2) + '\n')
}

/**
 * SHA-256 of a checkpoint's manifest: one name for all of its files, to be kept beside what was made with them.
 * @throws an error of the file system when the checkpoint has no manifest
 */
export async function manifestHash(folder: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(join(folder, MANIFEST)))
    .digest('hex')
}

/** A relative path with forward slashes that stays below its folder. */
export function isInside(path: string): boolean {
  return path !== '' && !/^[/\\]|^[a-z]:|\\|(^|\/)\.{0,2}(\/|$)/i.test(path)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEntry(entry: unknown): boolean {
  if (!isRecord(entry)) return false
  const { bytes, sha256 } = entry
  return Number.isSafeInteger(bytes) && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)
}

function isSource(source: unknown): source is NonNullable<Manifest['source']> {
  return isRecord(source) && typeof source.repository === 'string' && typeof source.commit === 'string'
}

function damaged(path: string, problem: string): CheckpointError {
  return new CheckpointError(`${path} ${problem}.`, 'Restore the manifest.json of the checkpoint.')
}
