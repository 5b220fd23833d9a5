import { Worker } from 'node:worker_threads'

/** Runs beside the main thread, which an endless loop may hold for ever. */
const LOOK = `
const parent = process.ppid
const isAlive = () => { try { return process.kill(parent, 0) } catch { return false } }
setInterval(() => {
  if (process.ppid !== parent || !isAlive()) process.kill(process.pid, 'SIGKILL')
}, 1000)`

let guard: Worker | undefined

/** From now on this process ends when the one that started it is killed, whatever it is at. */
export function endWithParent(): void {
  if (guard) return
  guard = new Worker(LOOK, { eval: true, execArgv: [] })
  guard.on('error', () => {}) // Without threads it ends as far as it can by itself.
  guard.unref()
}
