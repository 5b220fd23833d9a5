import { ArgumentError } from '../errors.ts'
import type { ComputeType } from '../graph/data-type.ts'
import { Graph } from '../graph/graph.ts'
import { Session } from './session.ts'

const deviceNames = ['cpu', 'cuda', 'auto'] as const
export type DeviceName = 'cpu' | 'cuda'

/** Where graphs run, and the element type they compute in there. */
export interface Device {
  name: DeviceName
  type: ComputeType
}

const devices: Record<DeviceName, Device> = {
  cpu: { name: 'cpu', type: 'float32' },
  cuda: { name: 'cuda', type: 'float16' },
}

/**
 * Chooses the device: `cpu`, `cuda`, or `auto` (CUDA when it works). An unusable CUDA falls back to the CPU,
 * with one line that says why when it was asked for by name.
 * @param requested default: the environment variable SD3_DEVICE, else `cpu`
 * @throws ArgumentError for any other name
 */
export async function chooseDevice(requested = process.env.SD3_DEVICE || 'cpu'): Promise<Device> {
  switch (requested) {
    case 'cpu':
      return devices.cpu
    case 'cuda':
    case 'auto': {
      const problem = await probeCuda()
      if (!problem) return devices.cuda
      if (requested === 'cuda') console.warn(`CUDA cannot be used, running on the CPU instead: ${problem}`)
      return devices.cpu
    }
    default:
      throw new ArgumentError(
        `There is no device "${requested}".`,
        `Set SD3_DEVICE to one of ${deviceNames.join(', ')}.`,
      )
  }
}

/** Runs the smallest graph there is on CUDA; the first line of what goes wrong, or null. */
export async function probeCuda(): Promise<string | null> {
  const graph = new Graph()
  graph.output('y', graph.input('x', 'float32', [1]), 'float32', [1])
  try {
    const session = await Session.create(graph.serialize(), { device: 'cuda' })
    await session.run({ x: { dims: [1], data: new Float32Array(1) } })
    await session.release()
    return null
  } catch (error) {
    const { message } = ((error as Error).cause ?? error) as Error
    return message.split('\n')[0]
  }
}
