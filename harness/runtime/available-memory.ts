import { totalmem } from 'node:os'
import type { DeviceName } from './device.ts'
import { readDriver, usedGpu } from './nvidia-smi.ts'

/** Of the machine's memory, what one program may plan with; the system and other programs have the rest. */
const SHARE = 0.75

/**
 * Bytes a device has for networks: what is free on the CUDA card now; on the CPU three quarters of the machine's, or
 * of its control group's, memory (what is free at the moment says little, since a system fills memory with caches);
 * null where it cannot be known, as of WebGPU.
 */
export async function availableMemory(device: DeviceName): Promise<number | null> {
  if (device === 'webgpu') return null
  if (device === 'cpu') {
    const limit = process.constrainedMemory()
    // 0 or an absurd number where there is no limit.
    return SHARE * (limit > 0 ? Math.min(limit, totalmem()) : totalmem())
  }
  const driver = await readDriver()
  return (driver && usedGpu(driver)?.freeBytes) ?? null
}
