import { spawn, type ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { frame, type Frames } from './frames.ts'
import { killGroup, ownGroup } from './kill-group.ts'
import { limits } from './limits.ts'

export interface StudentProcess extends Frames {
  /** Kills the process and all it may have started. */
  kill(): void
}

export interface StudentProcessEvents {
  /** @param bytes its size */
  onMessage(message: unknown, bytes: number): void
  /** The process is gone, for whatever reason; called once. */
  onEnd(reason: string): void
}

/**
 * Starts a submission's process with an empty environment, in its own process group, talking over pipe 3 only.
 * @param command the program and its arguments, defences included (see launch.ts)
 */
export function startStudentProcess(
  command: readonly string[],
  folder: string,
  events: StudentProcessEvents,
): StudentProcess {
  const [program, ...args] = command
  const child = spawn(program, args, {
    cwd: folder,
    env: {},
    detached: ownGroup,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  let ended = false
  const end = (reason: string) => {
    if (ended) return
    ended = true
    killGroup(child.pid)
    events.onEnd(reason)
  }
  const lastWords = keepLast(child)
  const channel = child.stdio[3] as Duplex
  channel.on('error', () => {}) // A dead process's pipe; 'exit' says why.
  const frames = frame(
    channel,
    limits.messages,
    (message, bytes) => void (ended || events.onMessage(message, bytes)),
    (reason) => end(`It sent ${reason}.`),
  )
  child.on('error', (error) => end(`It could not be started: ${error.message}`))
  child.on('exit', () => killGroup(child.pid)) // What it left behind would keep its pipes open.
  child.on('close', (code, signal) => {
    const how = signal ? `It was ended by ${signal}.` : `It exited with code ${code}.`
    end(
      /heap out of memory|bad_alloc|Array buffer allocation failed/.test(lastWords())
        ? 'It ran out of memory.'
        : how,
    )
  })
  return {
    send: async (message) => (ended ? undefined : frames.send(message)),
    kill: () => end('It was stopped.'),
  }
}

/** Drains both output streams, so that the writer never blocks, and remembers the end of it. */
function keepLast(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-limits.outputBytes)
    })
  }
  return () => text
}
