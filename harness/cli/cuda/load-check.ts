import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { probe } from '../../runtime/choose-device.ts'

const run = promisify(execFile)
/** The first use of a card compiles kernels for it. */
const PATIENCE_MS = 180_000

/**
 * Loads the provider and runs a small network on the GPU, in a process of its own: what goes wrong in native code may
 * end it.
 * @returns what went wrong, or null
 */
export async function checkInChild(): Promise<string | null> {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), 'child']
  try {
    const { stdout } = await run(process.execPath, args, { timeout: PATIENCE_MS })
    return (JSON.parse(stdout.trim().split('\n').at(-1)!) as { problem: string | null }).problem
  } catch (error) {
    const { signal, code, killed } = error as { signal?: string; code?: number | string; killed?: boolean }
    if (killed) return `the process that tried it did not end within ${PATIENCE_MS / 1000} s`
    return `the process that tried it ended with ${signal ?? `code ${code}`}`
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] === 'child') {
  console.log(JSON.stringify({ problem: await probe('cuda') }))
}
