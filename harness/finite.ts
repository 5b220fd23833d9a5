import { DeviceError } from './errors.ts'
import { formatShape, type Tensor } from './tensor.ts'

/** @throws DeviceError when a value is NaN or infinite: better no picture than a wrong one */
export function assertFinite(value: Tensor, name: string): void {
  let index = 0
  while (index < value.data.length && Number.isFinite(value.data[index])) index++
  if (index === value.data.length) return
  throw new DeviceError(
    `${name} ${formatShape(value.dims)} holds ${value.data[index]} at element ${index}.`,
    'Check the latents or embeddings you passed; if you passed none, run with SD3_DEVICE=cpu and verify the weight files.',
  )
}
