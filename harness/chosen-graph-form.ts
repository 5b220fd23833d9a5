import { ArgumentError } from './errors.ts'
import { graphForms, type GraphForm } from './networks/graph-form.ts'
import type { DeviceName } from './runtime/device.ts'

/** The form of each device's graphs where nobody asks for another. models/parity times both, and judges the one in use. */
export const defaultGraphForms: Record<DeviceName, GraphForm> = {
  cpu: 'plain',
  cuda: 'fused',
  webgpu: 'plain',
}

/**
 * The form that the environment variable SD3_GRAPH names, else the device's own.
 * @throws ArgumentError for any other name, and for `fused` on another device than CUDA: the CPU has no such group norm
 */
export function chosenGraphForm(
  device: DeviceName,
  requested: string = process.env.SD3_GRAPH || defaultGraphForms[device],
): GraphForm {
  const form = graphForms.find((known) => known === requested)
  if (form === 'fused' && device !== 'cuda') {
    throw new ArgumentError(
      `SD3_GRAPH is "fused", which is for CUDA, and this runs on ${device}.`,
      'Leave SD3_GRAPH out, or set SD3_DEVICE=cuda too; npm run doctor says whether CUDA works here.',
    )
  }
  if (form) return form
  throw new ArgumentError(
    `SD3_GRAPH is "${requested}", and there is no such form of graph.`,
    `Set it to ${graphForms.join(' or ')}, or leave it out.`,
  )
}
