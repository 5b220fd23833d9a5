import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const POLL_MILLISECONDS = 100

export interface GpuMemoryPeak {
  /** The most GPU memory that nvidia-smi saw, polled every 100 ms; null without nvidia-smi. */
  peakMiB: number | null
  /** `process`: by process id; `device`: all memory in use less what was in use before the start. */
  method: 'process' | 'device' | null
}

/** Follows nvidia-smi while a process runs. */
export class GpuMemory {
  /** Process ids before the start are others' processes. */
  private readonly before = new Map<string, number>()
  private readonly peaks = new Map<string, number>()
  private baseline: number | null = null
  private devicePeak = 0
  private readonly watchers: ReturnType<typeof spawn>[] = []
  private running = false
  private absent = false

  static async watch(): Promise<GpuMemory> {
    const memory = new GpuMemory()
    memory.follow('--query-gpu=memory.used', (line) => memory.device(line))
    memory.follow('--query-compute-apps=pid,used_memory', (line) => memory.process(line))
    // nvidia-smi takes seconds to start where the driver is not kept loaded; where there is none, nothing comes.
    for (let waited = 0; memory.baseline === null && waited < 100 && !memory.absent; waited++) await pause()
    for (let waited = 0; waited < 10 && !memory.absent; waited++) await pause()
    memory.running = true
    return memory
  }

  stop(): GpuMemoryPeak {
    for (const watcher of this.watchers) watcher.kill()
    return this.peak()
  }

  /** The most so far. */
  peak(): GpuMemoryPeak {
    if (this.baseline === null) return { peakMiB: null, method: null }
    const own = [...this.peaks].filter(([pid]) => !this.before.has(pid)).map(([, peak]) => peak)
    if (own.length > 0) return { peakMiB: Math.max(...own), method: 'process' }
    return { peakMiB: this.devicePeak - this.baseline, method: 'device' }
  }

  private follow(query: string, read: (line: string) => void): void {
    const options = ['--format=csv,noheader,nounits', `--loop-ms=${POLL_MILLISECONDS}`, visibleGpu()]
    const watcher = spawn('nvidia-smi', [query, ...options], { stdio: ['ignore', 'pipe', 'ignore'] })
    watcher.on('error', () => (this.absent = true))
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

/**
 * nvidia-smi's option for the GPU that CUDA programs started here see first. CUDA counts as nvidia-smi does where
 * CUDA_DEVICE_ORDER is PCI_BUS_ID, as run.sh has it.
 */
export function visibleGpu(visible = process.env.CUDA_VISIBLE_DEVICES): string {
  return `--id=${visible?.split(',')[0].trim() || '0'}`
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS))
}
