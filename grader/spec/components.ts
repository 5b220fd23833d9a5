import {
  sizeOf,
  type Component,
  type Parameter,
  type PipelineComponents,
  type TextEncoderName,
} from '#harness'

export const encoderNames: readonly TextEncoderName[] = ['textEncoder', 'textEncoder2', 'textEncoder3']

/** diffusers' names of an MMDiT block's modules, by the tokens they serve. SD3 Medium has no norms of Q and K; SD3.5 has. */
export const blockModules = {
  image: [
    'norm1.linear',
    'attn.to_q',
    'attn.to_k',
    'attn.to_v',
    'attn.to_out.0',
    'ff.net.0.proj',
    'ff.net.2',
  ],
  text: [
    'norm1_context.linear',
    'attn.add_q_proj',
    'attn.add_k_proj',
    'attn.add_v_proj',
    'attn.to_add_out',
    'ff_context.net.0.proj',
    'ff_context.net.2',
  ],
  textOfSd35: ['attn.norm_added_q', 'attn.norm_added_k'],
} as const

/** Number of values in some tensors. */
export function elements(tensors: readonly Parameter[]): number {
  let count = 0
  for (const { shape } of tensors) count += sizeOf(shape)
  return count
}

/** Number of values per key, most first; or of what else `count` finds in some tensors. */
export function tally(
  tensors: readonly Parameter[],
  keyOf: (tensor: Parameter) => string,
  count = elements,
): [string, number][] {
  const keys = [...new Set(tensors.map(keyOf))]
  return keys
    .map((key): [string, number] => [key, count(tensors.filter((tensor) => keyOf(tensor) === key))])
    .sort(([, a], [, b]) => b - a)
}

/** The networks of a pipeline that are there. */
export function networks(components: PipelineComponents): Component[] {
  const { textEncoder, textEncoder2, textEncoder3, transformer, vae } = components
  return [textEncoder, textEncoder2, textEncoder3, transformer, vae].filter((network) => network !== null)
}

/** A block's modules by the tokens they serve: looked up in the list above, in the order of the records. */
export function projectionsOf({ parameters }: Component, block: number): { image: string[]; text: string[] } {
  const modules = new Set<string>()
  for (const { module } of parameters) {
    const [stack, index, ...rest] = module.split('.')
    if (stack === 'transformer_blocks' && Number(index) === block) modules.add(rest.join('.'))
  }
  const text: readonly string[] = [...blockModules.text, ...blockModules.textOfSd35]
  return {
    image: [...modules].filter((module) => !text.includes(module)),
    text: [...modules].filter((module) => text.includes(module)),
  }
}

/** A network as a failure quotes it: its class, and every tensor as long as they are few. */
export function quoted({ className, parameters, buffers }: Component): string {
  if (parameters.length > 12) return className
  const list = (tensors: Parameter[]) =>
    tensors.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join('; ')
  return `${className} (parameters: ${list(parameters)}; buffers: ${list(buffers)})`
}
