import { ArgumentError } from '../errors.ts'
import type { ComputeType } from '../graph/data-type.ts'
import { cudaComputeType } from './cuda/compute-type.ts'
import { devices, type Device, type DeviceName } from './device.ts'
import { reasonIn } from './session.ts'
import { largestDifference, productsPerSecond } from './self-test.ts'

const deviceNames = ['cpu', 'cuda', 'webgpu', 'auto'] as const
const labels: Record<DeviceName, string> = { cpu: 'The CPU', cuda: 'CUDA', webgpu: 'WebGPU' }

/** What an accelerator's self-test may differ from the CPU's result by, relative to its largest value. */
const TOLERANCE: Record<ComputeType, number> = { float32: 1e-4, float16: 1e-2 }

/**
 * Chooses the device: `cpu`, `cuda`, `webgpu`, or `auto`: CUDA when it works, else WebGPU when it works and is faster
 * than the CPU, which a Vulkan driver in software is not. An accelerator that is asked for by name and cannot be used
 * falls back to the CPU, with one line that says why.
 * @param requested default: the environment variable SD3_DEVICE, else `cpu`
 * @param parameters of the transformer that is to run there: on CUDA a small one computes in float32
 * @throws ArgumentError for any other name
 */
export async function chooseDevice(
  requested = process.env.SD3_DEVICE || 'cpu',
  parameters = Infinity,
): Promise<Device> {
  const cuda: Device = { name: 'cuda', type: cudaComputeType(parameters) }
  switch (requested) {
    case 'cpu':
      return devices.cpu
    case 'cuda':
    case 'webgpu': {
      const device = requested === 'cuda' ? cuda : devices.webgpu
      const problem = await probe(requested, device.type)
      if (!problem) return device
      console.warn(`${labels[requested]} cannot be used, running on the CPU instead: ${problem}`)
      return devices.cpu
    }
    case 'auto':
      if (!(await probe('cuda', cuda.type))) return cuda
      if (!(await probe('webgpu')) && (await isFaster('webgpu'))) return devices.webgpu
      return devices.cpu
    default:
      throw new ArgumentError(
        `There is no device "${requested}".`,
        `Set SD3_DEVICE to one of ${deviceNames.join(', ')}.`,
      )
  }
}

/**
 * Runs a small network on an accelerator and holds it against the CPU: attention, norms and a convolution, so that
 * every library is loaded that a picture needs. The first line of what goes wrong, or null.
 * @param type what it is to compute in
 */
export async function probe(
  name: Exclude<DeviceName, 'cpu'>,
  type: ComputeType = devices[name].type,
): Promise<string | null> {
  try {
    const difference = await largestDifference({ name, type }, devices.cpu)
    if (difference <= TOLERANCE[type]) return null
    return `its result of a small network differs from the CPU's by ${difference.toPrecision(2)} of the largest value`
  } catch (error) {
    const { message } = ((error as Error).cause ?? error) as Error
    return reasonIn(message)
  }
}

async function isFaster(name: DeviceName): Promise<boolean> {
  return (await productsPerSecond(devices[name])) > (await productsPerSecond(devices.cpu))
}
