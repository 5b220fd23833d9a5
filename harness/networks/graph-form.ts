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
