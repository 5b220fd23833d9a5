import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import process from 'node:process'
import { Worker } from 'node:worker_threads'

/** What a process in the sandbox could do to its host, tried for real. */
export interface Reach {
  files: boolean
  programs: boolean
  environment: boolean
  network: boolean
  /** Whether it may signal the grader. */
  host: boolean
  /** Undefined where there are no users. */
  user: number | undefined
}

/**
 * Loaded in the place of an exercise, past compiler and fence, to find out which walls stand on this machine.
 * @param port where the grader listens
 * @param pid the grader's
 */
export async function probe(port: number, pid: number): Promise<Reach> {
  return {
    files: succeeds(() => readdirSync('/')) || succeeds(() => writeFileSync('probe.txt', '')),
    programs: succeeds(() => spawned(process.execPath)) || succeeds(() => new Worker('0', { eval: true })),
    environment: Object.keys(process.env).length > 0,
    network: await reaches(port),
    host: succeeds(() => process.kill(pid, 0)),
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

function reaches(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('connect', () => resolve(true))
    socket.on('error', () => resolve(false))
  })
}
