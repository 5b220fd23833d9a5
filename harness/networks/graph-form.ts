import { ArgumentError } from '../errors.ts'

/**
 * How a network is written as a graph; both compute the same but for rounding.
 *
 * `plain` as the papers and diffusers have it: the one to read.
 * `fused` for CUDA's kernels, of which fewer and larger ones are faster: all adaptive norms from one product, the
 * text's projections from another, the image's key and value biases folded away, text and image joined inside the
 * attention operator, CLIP's causal attention and group norm as single operators.
 */
export const graphForms = ['plain', 'fused'] as const

export type GraphForm = (typeof graphForms)[number]

/**
 * The form that the environment variable SD3_GRAPH names, else `plain`. models/parity times both.
 * @throws ArgumentError for any other name, and for `fused` on another device than CUDA: the CPU has no such group norm
 */
export function chosenGraphForm(
  device: 'cpu' | 'cuda' | 'webgpu',
  requested = process.env.SD3_GRAPH || 'plain',
): GraphForm {
  const form = graphForms.find((known) => known === requested)
  if (form === 'fused' && device !== 'cuda') {
    throw new ArgumentError(
      `SD3_GRAPH is "fused", which is for CUDA, and this runs on ${device}.`,
      'Set SD3_DEVICE=cuda, or leave SD3_GRAPH out.',
    )
  }
  if (form) return form
  throw new ArgumentError(
    `SD3_GRAPH is "${requested}", and there is no such form of graph.`,
    `Set it to ${graphForms.join(' or ')}, or leave it out.`,
  )
}
