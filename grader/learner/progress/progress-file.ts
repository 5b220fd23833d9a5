import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import type { Status } from '#grader/result.ts'
import { isProgress } from './progress-shape.ts'

/** What became of a task when it was last judged. */
export interface TaskProgress {
  status: Status
  /** Whole points. */
  score: number
  /** What was judged, by its hash (see task-sources.ts): as long as that is the same, so is the verdict. */
  source: string
  /** ISO time. */
  at: string
}

/** When an exercise was worked on, as ISO times. */
export interface Visits {
  first: string
  last: string
}

/** How far a student is. Only ids, hashes and times: the folder may move. */
export interface Progress {
  version: 1
  /** The id of the task that `npm run watch` shows. */
  current: string | null
  /** By task id. A task that was never judged has no entry. */
  tasks: Record<string, TaskProgress>
  /** The highest level of hint revealed, from 1, by task id. */
  hints: Record<string, number>
  /** By exercise id. */
  exercises: Record<string, Visits>
}

/** In the kit's root. Git ignores it. */
export const progressFile = '.sd3-progress.json'

export function noProgress(): Progress {
  return { version: 1, current: null, tasks: {}, hints: {}, exercises: {} }
}

/**
 * Reads the progress; an empty one before the first run. A file that cannot be understood is set aside.
 * @param root the kit's folder
 * @param warn hears, in one sentence, that a file was set aside, and where it lies
 */
export async function readProgress(
  root = '.',
  warn: (sentence: string) => void = console.error,
): Promise<Progress> {
  const path = join(root, progressFile)
  const text = await readFile(path, 'utf8').catch(missing)
  if (text === null) return noProgress()
  const progress = parse(text)
  if (progress) return progress
  const aside = progressFile.replace('.json', `.damaged-${Date.now()}.json`)
  await rename(path, join(root, aside)).catch(missing)
  warn(`${progressFile} cannot be read and was kept as ${aside}; progress is counted anew.`)
  return noProgress()
}

let turn: Promise<unknown> = Promise.resolve()

/**
 * Reads, changes and writes the progress, one change after another. The file is replaced as a whole: whenever the
 * process ends, the old or the new one is there.
 */
export function updateProgress(change: (progress: Progress) => void, root = '.'): Promise<Progress> {
  const update = turn.then(async () => {
    const progress = await readProgress(root)
    change(progress)
    await writeFileAtomic(join(root, progressFile), `${JSON.stringify(progress, null, 2)}\n`)
    return progress
  })
  turn = update.catch(() => {})
  return update
}

function parse(text: string): Progress | null {
  try {
    const value: unknown = JSON.parse(text)
    return isProgress(value) ? value : null
  } catch {
    return null
  }
}

function missing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
