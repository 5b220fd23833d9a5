import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { endWithParent } from './end-with-parent.ts'

/** Which spec a worker is about to run. */
export interface Heartbeat {
  exercise: string
  task: string
  subject: string
  title: string
  /** The worker. */
  pid: number
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder in which workers show that they are alive; see grader/run/watchdog.ts. */
    heartbeats: string | undefined
  }
}

const EVERY_MS = 1000

let file: string | undefined
let timer: NodeJS.Timeout | undefined

/** Notes the spec before it runs, and from then on touches the note for as long as this process is not blocked. */
export function announce(spec: Omit<Heartbeat, 'pid'>): void {
  const folder = inject('heartbeats')
  if (folder === undefined) return
  endWithParent()
  if (file === undefined) {
    file = join(folder, `${process.pid}.json`)
    timer = setInterval(touch, EVERY_MS).unref()
  }
  writeFileSync(file, JSON.stringify({ ...spec, pid: process.pid } satisfies Heartbeat))
}

/** Takes the note away: a worker that has nothing more to run may rest. */
export function retire(): void {
  clearInterval(timer)
  if (file !== undefined) rmSync(file, { force: true })
  file = undefined
}

function touch(): void {
  const now = new Date()
  if (file !== undefined) utimesSync(file, now, now)
}
