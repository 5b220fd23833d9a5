import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { runCommand } from '../../harness/cli/command.ts'
import { ArgumentError } from '../../harness/errors.ts'
import { writeResult } from './results.ts'

const usage = 'npx tsx models/parity/watch.ts WORKDIR NAME COMMAND [ARGUMENT …]'
const POLL_MILLISECONDS = 100

/** What is seen of a process from outside, whatever it is written in: `results/NAME.json`. */
export interface WatchResult {
  exitCode: number | null
  /** From start to end of the process. */
  seconds: number
  /** From start to the line "PICTURE", when it came. */
  pictureSeconds: number | null
  /** The most GPU memory that nvidia-smi saw, polled every 100 ms; null without nvidia-smi. */
  peakMiB: number | null
  /** `process`: by process id; `device`: all memory in use less what was in use before the start. */
  method: 'process' | 'device' | null
}

/** Runs a command, passes its output through, and stores how long it took and how much GPU memory it held. */
await runCommand(async () => {
  const [work, name, command, ...args] = process.argv.slice(2)
  if (!command) throw new ArgumentError('There is no command.', `Usage: ${usage}`)
  const memory = await GpuMemory.watch()
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
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

/** Follows nvidia-smi while a process runs. */
class GpuMemory {
  /** Process ids before the start are others' processes. */
  private readonly before = new Map<string, number>()
  private readonly peaks = new Map<string, number>()
  private baseline: number | null = null
  private devicePeak = 0
  private readonly watchers: ReturnType<typeof spawn>[] = []
  private running = false

  static async watch(): Promise<GpuMemory> {
    const memory = new GpuMemory()
    memory.follow('--query-gpu=memory.used', (line) => memory.device(line))
    memory.follow('--query-compute-apps=pid,used_memory', (line) => memory.process(line))
    await new Promise((resolve) => setTimeout(resolve, 10 * POLL_MILLISECONDS))
    memory.running = true
    return memory
  }

  stop(): Pick<WatchResult, 'peakMiB' | 'method'> {
    for (const watcher of this.watchers) watcher.kill()
    if (this.baseline === null) return { peakMiB: null, method: null }
    const own = [...this.peaks].filter(([pid]) => !this.before.has(pid)).map(([, peak]) => peak)
    if (own.length > 0) return { peakMiB: Math.max(...own), method: 'process' }
    return { peakMiB: this.devicePeak - this.baseline, method: 'device' }
  }

  private follow(query: string, read: (line: string) => void): void {
    const options = ['--format=csv,noheader,nounits', `--loop-ms=${POLL_MILLISECONDS}`]
    const watcher = spawn('nvidia-smi', [query, ...options], { stdio: ['ignore', 'pipe', 'ignore'] })
    watcher.on('error', () => undefined) // no nvidia-smi: nothing is seen
    createInterface(watcher.stdout).on('line', read)
    this.watchers.push(watcher)
  }

  private device(line: string): void {
    const used = Number(line)
    if (!Number.isFinite(used)) return
    if (!this.running) this.baseline = used
    else this.devicePeak = Math.max(this.devicePeak, used)
  }

  private process(line: string): void {
    const [pid, used] = line.split(', ')
    if (!Number.isFinite(Number(used))) return
    const peaks = this.running ? this.peaks : this.before
    peaks.set(pid, Math.max(peaks.get(pid) ?? 0, Number(used)))
  }
}
