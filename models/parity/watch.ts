import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { usageLine } from '../../harness/cli/usage.ts'
import { ArgumentError } from '../../harness/errors.ts'
import { GpuMemory, type GpuMemoryPeak } from './gpu-memory.ts'
import { writeResult } from './results.ts'

const call = 'npx tsx models/parity/watch.ts'
const config = {
  does: 'Runs a command, and stores as NAME how long it took and how much GPU memory it held.',
  operands: 'WORKDIR NAME COMMAND [ARGUMENT…]',
}

/** What is seen of a process from outside, whatever it is written in: `results/NAME.json`. */
export interface WatchResult extends GpuMemoryPeak {
  exitCode: number | null
  /** From start to end of the process. */
  seconds: number
  /** From start to the line "PICTURE", when it came. */
  pictureSeconds: number | null
}

/** Runs a command, passes its output through, and stores how long it took and how much GPU memory it held. */
await runCommand(async () => {
  // What follows is the command's own, options too.
  const own = process.argv.slice(2, 5)
  const [work, name, command] = parseOptions({ ...config, args: own }, call).positionals
  const args = process.argv.slice(5)
  if (!command) throw new ArgumentError('There is no command.', `Usage: ${usageLine(call, config)}`)
  const memory = await GpuMemory.watch()
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  // A time limit ends the process; what was seen of it is stored all the same.
  process.on('SIGTERM', () => child.kill())
  let pictureSeconds: number | null = null
  createInterface(child.stdout).on('line', (line) => {
    if (line === 'PICTURE') pictureSeconds ??= elapsed()
    console.log(line)
  })
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve)
    child.on('error', reject)
  })
  const seconds = elapsed()
  const peak = memory.stop()
  const result: WatchResult = { exitCode, seconds, pictureSeconds, ...peak }
  await writeResult(work, name, result)
  const used = peak.peakMiB === null ? '' : `, at most ${peak.peakMiB} MiB of GPU memory by ${peak.method}`
  console.log(
    `${name}: ${seconds.toFixed(1)} s${pictureSeconds === null ? '' : `, picture after ${(pictureSeconds as number).toFixed(1)} s`}${used}`,
  )
  return exitCode ?? 1
})
