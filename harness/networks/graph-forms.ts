import { ArgumentError } from '../errors.ts'

/**
 * Other ways to write the same network: equal but for rounding, faster or more exact on some devices.
 *
 * `gemm` a linear layer's bias enters the product's accumulator, so that its result is rounded once
 * `shared-modulation` all adaptive norms' shifts, scales and gates come from one product over concatenated weights
 * `separate-queries` image and text ask the joint keys and values one after the other; nothing is cut apart again
 * `folded-bias` the image's key and value biases move to where they cost nothing
 * `merged-text` one product makes the text's queries, keys and values, which are then cut apart
 * `text-as-past` onnxruntime puts the text's keys and values before the image's, inside its attention
 * `packed-qkv` one product makes queries, keys and values of a stream
 * `group-norm` group norm and SiLU in one operator of onnxruntime's, in float32 inside
 * `exact-group-norm` group norm and SiLU in float32, spelt out
 * `fused-causal` CLIP's attention in one operator, in float32 inside
 */
export const graphForms = [
  'gemm',
  'shared-modulation',
  'separate-queries',
  'folded-bias',
  'merged-text',
  'text-as-past',
  'packed-qkv',
  'group-norm',
  'exact-group-norm',
  'fused-causal',
] as const

export type GraphForm = (typeof graphForms)[number]

/**
 * The forms that the environment variable SD3_GRAPH names, separated by commas; an empty one means none.
 * @param preferred where SD3_GRAPH is not set
 * @throws ArgumentError for a name that is none of them
 */
export function chosenForms(
  preferred: readonly GraphForm[] = [],
  text = process.env.SD3_GRAPH ?? preferred.join(','),
): ReadonlySet<GraphForm> {
  const names = text.split(',').filter(Boolean)
  const unknown = names.find((name) => !(graphForms as readonly string[]).includes(name))
  if (unknown !== undefined) {
    throw new ArgumentError(
      `SD3_GRAPH names a graph form "${unknown}", which there is not.`,
      `Choose from ${graphForms.join(', ')}, separated by commas.`,
    )
  }
  return new Set(names as GraphForm[])
}
