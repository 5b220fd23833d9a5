import type { ComputeType } from '../graph/data-type.ts'

export type DeviceName = 'cpu' | 'cuda' | 'webgpu'

/** Where graphs run, and the element type they compute in there. */
export interface Device {
  name: DeviceName
  type: ComputeType
}

/**
 * What each computes in by itself; CUDA as `cudaComputeType` chooses. WebGPU computes in float32: half precision is an
 * extra that not every adapter has, and nothing tells which do.
 */
export const devices: Record<DeviceName, Device> = {
  cpu: { name: 'cpu', type: 'float32' },
  cuda: { name: 'cuda', type: 'float16' },
  webgpu: { name: 'webgpu', type: 'float32' },
}

/**
 * Whether a device needs graphs without two operators that onnxruntime 1.29.0's WebGPU provider has but not right: its
 * fused attention, with two Vulkan drivers and every shape tried, differed from the CPU's by 8 to 19 % of the largest
 * value, and attention spelt out by 1e-6 (others saw it: https://github.com/microsoft/onnxruntime/pull/26715); and its
 * layer norm refuses a scale for each picture of a batch.
 */
export function isPortable({ name }: Device): boolean {
  return name === 'webgpu'
}
