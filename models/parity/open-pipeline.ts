import { ArgumentError, DeviceError, StableDiffusion3Pipeline } from '#harness'

/**
 * Opens a checkpoint on SD3_DEVICE. The pipeline itself runs on the CPU where CUDA cannot be used; here that would be
 * hours, and other numbers than the ones asked for.
 * @throws DeviceError when SD3_DEVICE asks for one device and the pipeline chose another, ArgumentError when it leaves
 * the choice open: what is measured is stored and compared by the device that was asked for
 */
export async function openPipeline(folder: string): Promise<StableDiffusion3Pipeline> {
  const asked = process.env.SD3_DEVICE || 'cpu'
  if (asked === 'auto') {
    throw new ArgumentError(
      'SD3_DEVICE is auto, and what is measured here is stored by its device.',
      'Set it to cuda, webgpu or cpu.',
    )
  }
  const pipe = await StableDiffusion3Pipeline.fromPretrained(folder)
  if (asked === pipe.device.name) return pipe
  await pipe.release()
  throw new DeviceError(
    `SD3_DEVICE is ${asked}, and the harness would run on ${pipe.device.name}.`,
    'npm run doctor says what is missing; PARITY_SIZE=small SD3_DEVICE=cpu rehearses without a GPU.',
  )
}
