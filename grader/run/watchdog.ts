import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Heartbeat } from '#grader/spec/heartbeat.ts'

const LOOK_EVERY_MS = 1000
const END_EVERY_MS = 50

/** The bundled model never blocks a process for long; one of the size of SD3 Medium on a CPU may. */
const BLOCKED_AFTER_MS = process.env.SD3_MODEL === undefined ? 20_000 : 600_000

/** How often a note was seen, one look after another, without having been touched in between. */
interface Stale {
  touched: number
  looks: number
}

/**
 * Ends workers that an endless loop has taken over: neither Vitest's time limits nor its own shutdown can.
 * Workers keep a file fresh (see grader/spec/heartbeat.ts); one that stays as it is belongs to a blocked process.
 * Looks are counted, not hours: on a machine that slept, or gave nobody a turn, no worker could touch its note.
 */
export class Watchdog {
  readonly folder: string
  #timer: NodeJS.Timeout | undefined
  readonly #ended = new Set<number>()
  readonly #stale = new Map<string, Stale>()

  private constructor(folder: string) {
    this.folder = folder
  }

  static async make(): Promise<Watchdog> {
    return new Watchdog(await mkdtemp(join(tmpdir(), 'heartbeats-')))
  }

  /** @param onBlocked hears which spec looped, after its worker was ended */
  watch(onBlocked: (spec: Heartbeat, seconds: number) => void): void {
    this.#timer = setInterval(() => void this.#look(onBlocked), LOOK_EVERY_MS)
  }

  /** Forgets the workers of the pass that ended. @returns the specs at which some of them ended unexpectedly */
  async rest(): Promise<Heartbeat[]> {
    clearInterval(this.#timer)
    const underWay: Heartbeat[] = []
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name)
      const spec = await read(path)
      if (spec && !isAlive(spec.pid) && !this.#ended.has(spec.pid)) underWay.push(spec)
      await rm(path, { force: true })
    }
    return underWay
  }

  /** Ends the workers of this pass, those that have yet to show themselves too. */
  endAll(): void {
    clearInterval(this.#timer)
    this.#timer = setInterval(() => void this.#end(), END_EVERY_MS)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await rm(this.folder, { recursive: true, force: true })
  }

  async #end(): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      kill(Number.parseInt(name)) // See heartbeat.ts: named by the process.
    }
  }

  /** @returns how many looks in a row have found the note as it is now, this one not counted */
  #looksAt(name: string, touched: number): number {
    const last = this.#stale.get(name)
    const looks = last?.touched === touched ? last.looks + 1 : 0
    this.#stale.set(name, { touched, looks })
    return looks
  }

  async #look(onBlocked: (spec: Heartbeat, seconds: number) => void): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      const path = join(this.folder, name)
      const seen = await stat(path).catch(() => null)
      if (!seen || this.#looksAt(name, seen.mtimeMs) * LOOK_EVERY_MS < BLOCKED_AFTER_MS) continue
      const spec = await read(path)
      if (!spec || this.#ended.has(spec.pid)) continue
      this.#ended.add(spec.pid)
      if (kill(spec.pid)) onBlocked(spec, BLOCKED_AFTER_MS / 1000)
    }
  }
}

/** Null for a note that is gone, or that its worker was writing when it was ended. */
async function read(path: string): Promise<Heartbeat | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Heartbeat
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** False when the worker had ended by itself: its note stays behind, and means nothing. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}
