import { createHash } from 'node:crypto'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SandboxError } from '#grader/sandbox/errors.ts'
import { readSource } from '#grader/sandbox/read-source.ts'
import { allowedFolders, isAllowed, isModule, isSurplus, MOST_FILES, tooManyFiles } from './allowed-files.ts'
import { isZip, type FoundSubmission } from './find-submissions.ts'
import { SubmissionRefused } from './refused.ts'
import { commitTime } from './submitted-at.ts'
import { unpack } from './unpack.ts'

/** A submission as it came in, ready to be graded. */
export interface Received {
  /** The folder that holds `exercises/`, or the exercises themselves. */
  folder: string
  /** A hash of all that grading reads of it. */
  content: string
  /** The newest of its files by the zip's or the disk's own dates, or the commit's; null when it holds none. */
  submittedAt: Date | null
}

const DEEPEST = 3

/**
 * Finds the exercises in what was handed in: in the folder, in the only folder in it, in the only zip in it.
 * @param scratch an empty folder of this submission's own
 * @throws SubmissionRefused when it cannot be graded
 */
export async function receive(found: FoundSubmission, scratch: string): Promise<Received> {
  try {
    return await look(found, scratch)
  } catch (error) {
    const remedy = REMEDIES[(error as NodeJS.ErrnoException).code ?? '']
    if (error instanceof SubmissionRefused || remedy === undefined) throw error
    throw new SubmissionRefused('It cannot be read as it lies on the disk.', remedy)
  }
}

/** What one submission's names and rights may lead to; a full disk is the class's trouble. */
const REMEDIES: Record<string, string | undefined> = {
  ENOENT: 'Give its folder a name in UTF-8.',
  ENAMETOOLONG: 'Give its files shorter names.',
  EACCES: 'Give the grader the right to read it.',
  EPERM: 'Give the grader the right to read it.',
}

async function look({ path, kind }: FoundSubmission, scratch: string): Promise<Received> {
  if (kind === 'zip') return receiveZip(path, scratch)
  let folder = path
  for (let depth = 0; depth < DEEPEST; depth++) {
    if (await holdsExercises(folder)) break
    const entries = await readdir(folder, { withFileTypes: true })
    const names = entries.filter(({ name }) => !name.startsWith('.') && !isSurplus(name))
    const folders = names.filter((entry) => entry.isDirectory())
    const zips = names.filter((entry) => entry.isFile() && isZip(entry.name))
    if (zips.length > 1) {
      const problem = `It holds ${zips.length} zips and no exercises.`
      throw new SubmissionRefused(problem, 'Submit one of them.')
    }
    if (zips.length === 1) return receiveZip(join(folder, zips[0].name), scratch)
    if (folders.length !== 1) {
      folder = path // Nothing in it is graded, as nothing was found.
      break
    }
    folder = join(folder, folders[0].name)
  }
  const { content, newest } = await lookThrough(folder)
  return { folder, content, submittedAt: (await commitTime(folder, scratch)) ?? newest }
}

async function receiveZip(zip: string, scratch: string): Promise<Received> {
  const folder = join(scratch, 'unpacked')
  const submittedAt = await unpack(zip, folder)
  return { folder, content: (await lookThrough(folder)).content, submittedAt }
}

async function holdsExercises(folder: string): Promise<boolean> {
  return (await filesOf(folder)).some(isModule)
}

/** The files that grading may read, whatever they are: a link counts, and is refused when it is read. */
async function filesOf(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const place of allowedFolders) {
    const isFolder = (await lstat(join(folder, place)).catch(() => null))?.isDirectory()
    if (!isFolder) continue
    const names = await readdir(join(folder, place)).catch(() => [])
    found.push(...names.map((name) => place + name).filter(isAllowed))
  }
  if (found.length > MOST_FILES) throw tooManyFiles(found.length)
  return found.sort()
}

async function lookThrough(folder: string): Promise<{ content: string; newest: Date | null }> {
  const hash = createHash('sha256')
  let newest = 0
  for (const path of await filesOf(folder)) {
    const text = await readSource(folder, path).catch((error: unknown) => {
      if (error instanceof SandboxError) return error.message
      throw error
    })
    hash.update(JSON.stringify([path, text]))
    newest = Math.max(newest, (await lstat(join(folder, path)).catch(() => null))?.mtimeMs ?? 0)
  }
  return { content: hash.digest('hex'), newest: dateOf(newest) }
}

/** Null for none, and for one that no Date holds: some disks keep any number that an archive claims. */
function dateOf(milliseconds: number): Date | null {
  const date = new Date(Math.floor(milliseconds))
  return milliseconds === 0 || Number.isNaN(date.getTime()) ? null : date
}
