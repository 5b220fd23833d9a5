import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, type NetConnectOpts } from 'node:net'
import process from 'node:process'
import { Worker } from 'node:worker_threads'

/** What a process in the sandbox could do to its host, tried for real. */
export interface Reach {
  /** Whether it may list the root, or write. */
  files: boolean
  /** Whether it may read a file of the grader's. */
  hostFiles: boolean
  programs: boolean
  /** Names of environment variables. */
  environment: string[]
  network: boolean
  /** Whether it may connect to a local socket that only the grader's user may: Docker's is one, and opens all. */
  sockets: boolean
  /** Whether it may signal the grader. */
  host: boolean
  /** Whether it gets more memory than is allowed. */
  memory: boolean
  /** Undefined where there are no users. */
  user: number | undefined
}

/** What the probe tries itself at: all of it the grader's. */
export interface Targets {
  port: number
  /** A local socket of which the grader's user alone has the right. */
  socket: string
  pid: number
  file: string
  /** Bytes that nobody should get. */
  memory: number
}

/** Loaded in the place of an exercise, past compiler and fence, to find out which walls stand on this machine. */
export async function probe({ port, socket, pid, file, memory }: Targets): Promise<Reach> {
  return {
    files: succeeds(() => readdirSync('/')) || succeeds(() => writeFileSync('probe.txt', '')),
    hostFiles: succeeds(() => readFileSync(file)),
    programs: succeeds(() => spawned(process.execPath)) || succeeds(() => new Worker('0', { eval: true })),
    environment: Object.keys(process.env),
    network: await reaches({ host: '127.0.0.1', port }),
    sockets: await reaches({ path: socket }),
    host: succeeds(() => process.kill(pid, 0)),
    memory: succeeds(() => new ArrayBuffer(memory)),
    user: process.getuid?.(),
  }
}

function spawned(program: string): void {
  const { error } = spawnSync(program, ['--version'])
  if (error) throw error
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}

function reaches(place: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(place)
    socket.on('connect', () => resolve(true))
    socket.on('error', () => resolve(false))
  })
}
