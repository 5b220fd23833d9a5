import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { cpus, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { visibleGpu } from './gpu-memory.ts'

const run = promisify(execFile)

/** What the harness was measured on. */
export interface Machine {
  date: string
  device: string
  processor: string
  memoryGiB: number
  gpu: string | null
  driver: string | null
  versions: Record<string, string>
  /** The repository's state, or null outside a clone. */
  commit: string | null
}

export async function describeMachine(): Promise<Machine> {
  const query = ['--query-gpu=name,driver_version', '--format=csv,noheader', visibleGpu()]
  const [gpu = null, driver = null] = (await output('nvidia-smi', query))?.split('\n')[0].split(', ') ?? []
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }
  return {
    date: new Date().toISOString().slice(0, 10),
    device: process.env.SD3_DEVICE || 'cpu',
    processor: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    gpu,
    driver,
    versions: { Node: process.version.slice(1), 'onnxruntime-node': version },
    commit: await output('git', ['describe', '--always', '--dirty']),
  }
}

/** A command's output, or null where there is no such command or it fails. */
async function output(command: string, args: string[]): Promise<string | null> {
  try {
    return (await run(command, args)).stdout.trim()
  } catch {
    return null
  }
}
