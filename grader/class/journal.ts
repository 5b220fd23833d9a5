import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Graded } from '#grader/grade.ts'
import { HarnessError } from '#harness'
import { claim, disclaim, ownerOf } from './leftovers.ts'

/** A finished submission. It is graded again when `content` or `circumstances` differ. */
export interface JournalEntry {
  name: string
  /** A hash of what was submitted. */
  content: string
  /** A hash of all else that a grade follows from, the seed left out. */
  circumstances: string
  seed: string
  /** ISO time; null where it is not known. */
  submittedAt: string | null
  graded: Graded
}

/** What a run needs to go on where another was ended. */
export interface RunRecord {
  seed: string
  /** Whether every submission was graded, and what was asked may be known by now. */
  isFinished: boolean
}

/** Two runs would write the same files. */
export class JournalBusy extends HarnessError {
  constructor(folder: string, pid: number) {
    super(
      'BUSY',
      `Process ${pid} is grading into ${folder}.`,
      'Wait for it, or choose another folder with --out.',
    )
  }
}

/**
 * Finished submissions, one file each, that a run which was ended at any moment leaves behind complete: a file is
 * written beside its place, flushed, and renamed into it.
 */
export class Journal {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws JournalBusy while another run uses it */
  static async open(folder: string): Promise<Journal> {
    await mkdir(folder, { recursive: true })
    const owner = await ownerOf(folder)
    if (owner !== null) throw new JournalBusy(folder, owner)
    await claim(folder)
    const journal = new Journal(folder)
    for (const name of await readdir(folder))
      if (name.endsWith('.part')) await rm(join(folder, name), { force: true })
    return journal
  }

  async close(): Promise<void> {
    await disclaim(this.#folder)
  }

  /** The entry of a submission; null when there is none, or none that can be read. */
  async find(name: string): Promise<JournalEntry | null> {
    const entry = (await this.#read(this.#path(name))) as JournalEntry | null
    return entry?.name === name ? entry : null
  }

  async write(entry: JournalEntry): Promise<void> {
    await this.#write(this.#path(entry.name), entry)
  }

  async readRun(): Promise<RunRecord | null> {
    return (await this.#read(join(this.#folder, 'run.json'))) as RunRecord | null
  }

  async writeRun(record: RunRecord): Promise<void> {
    await this.#write(join(this.#folder, 'run.json'), record)
  }

  #path(name: string): string {
    return join(this.#folder, `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.json`)
  }

  async #read(path: string): Promise<unknown> {
    const text = await readFile(path, 'utf8').catch(() => null)
    if (text === null) return null
    try {
      return JSON.parse(text, reviveMap) as unknown
    } catch {
      return null
    }
  }

  async #write(path: string, value: unknown): Promise<void> {
    const unfinished = `${path}.${randomUUID()}.part`
    const file = await open(unfinished, 'w')
    try {
      await file.writeFile(JSON.stringify(value, replaceMap))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, path)
  }
}

const MAP = 'map of entries'

function replaceMap(_: string, value: unknown): unknown {
  return value instanceof Map ? { [MAP]: [...(value as Map<unknown, unknown>)] } : value
}

function reviveMap(_: string, value: unknown): unknown {
  const isMap = typeof value === 'object' && value !== null && Object.hasOwn(value, MAP)
  return isMap ? new Map((value as Record<typeof MAP, [unknown, unknown][]>)[MAP]) : value
}
