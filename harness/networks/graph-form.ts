import { ArgumentError } from '../errors.ts'

/**
 * How a network is written as a graph; both compute the same but for rounding.
 *
 * `plain` as the papers and diffusers have it: the one to read.
 * `fused` for CUDA's kernels, of which fewer and larger ones are faster: all adaptive norms from one product, the
 * text's projections from another, the image's key and value biases folded away, text and image joined inside the
 * attention operator, CLIP's causal attention and group norm as single operators. In half precision it rounds less often:
 * CLIP's biases enter the products, and group norm and its SiLU are float32 inside.
 */
export const graphForms = ['plain', 'fused'] as const

export type GraphForm = (typeof graphForms)[number]

/** The form of each device's graphs where nobody asks for another. models/parity times both, and judges the one in use. */
export const defaultGraphForms: Record<'cpu' | 'cuda' | 'webgpu', GraphForm> = {
  cpu: 'plain',
  cuda: 'fused',
  webgpu: 'plain',
}

/**
 * The form that the environment variable SD3_GRAPH names, else the device's own.
 * @throws ArgumentError for any other name, and for `fused` on another device than CUDA: the CPU has no such group norm
 */
export function chosenGraphForm(
  device: keyof typeof defaultGraphForms,
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
