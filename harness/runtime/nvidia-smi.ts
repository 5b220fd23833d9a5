import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A card as the driver describes it. */
export interface Gpu {
  index: number
  uuid: string
  name: string
  /** The driver's version, e.g. `580.95.05`. */
  driver: string
  /** e.g. `9.0`; null where an old driver does not tell. */
  computeCapability: string | null
  totalBytes: number
  freeBytes: number
}

export interface Driver {
  gpus: Gpu[]
  /** The newest CUDA that the driver runs, as [major, minor]. */
  cuda: [number, number] | null
}

const FIELDS = ['index', 'uuid', 'name', 'driver_version', 'memory.total', 'memory.free', 'compute_cap']

/** What nvidia-smi says of this machine; null where it is not, or finds no card or driver. */
export async function readDriver(): Promise<Driver | null> {
  try {
    const query = [`--query-gpu=${FIELDS.join()}`, '--format=csv,noheader,nounits']
    const [list, header] = await Promise.all([run('nvidia-smi', query), run('nvidia-smi')])
    const gpus = parseGpus(list.stdout)
    return gpus.length > 0 ? { gpus, cuda: parseCudaVersion(header.stdout) } : null
  } catch {
    return null
  }
}

/** Reads the comma-separated lines of `nvidia-smi --query-gpu`; lines that are no card's are left out. */
export function parseGpus(text: string): Gpu[] {
  return text.split('\n').flatMap((line) => {
    const cells = line.split(',').map((cell) => cell.trim())
    // A name may hold commas: it is what the other fields leave.
    const [index, uuid] = cells
    const [driver, total, free, capability] = cells.slice(-4)
    if (cells.length < FIELDS.length || !/^\d+$/.test(index) || !/^\d+$/.test(total) || !/^\d+$/.test(free)) {
      return []
    }
    const computeCapability = /^\d+\.\d+$/.test(capability) ? capability : null
    const name = cells.slice(2, -4).join(', ')
    const [totalBytes, freeBytes] = [Number(total) * 2 ** 20, Number(free) * 2 ** 20]
    return [{ index: Number(index), uuid, name, driver, computeCapability, totalBytes, freeBytes }]
  })
}

/** Reads `CUDA Version: 13.0` from the head of nvidia-smi's table; newer drivers write `CUDA UMD Version`. */
export function parseCudaVersion(text: string): [number, number] | null {
  const match = /CUDA(?: UMD)? Version\s*:\s*(\d+)\.(\d+)/.exec(text)
  return match && [Number(match[1]), Number(match[2])]
}

/**
 * The card that a CUDA session uses: the first that CUDA_VISIBLE_DEVICES leaves, by index or UUID; null when it leaves
 * none. Without the variable nvidia-smi's first; where cards differ CUDA puts the fastest first unless
 * CUDA_DEVICE_ORDER=PCI_BUS_ID, and nvidia-smi cannot tell which that is.
 */
export function usedGpu({ gpus }: Driver, visible = process.env.CUDA_VISIBLE_DEVICES): Gpu | null {
  if (visible === undefined) return gpus[0] ?? null
  const [first] = visible.split(',').map((name) => name.trim())
  if (first === '') return null
  const named = gpus.find(
    ({ index, uuid }) => String(index) === first || (/^GPU-/.test(first) && uuid.startsWith(first)),
  )
  return named ?? null
}
