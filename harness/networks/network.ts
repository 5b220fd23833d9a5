import type { ConfigReader } from '../config-reader.ts'
import type { NetworkBuilder } from './network-builder.ts'

/** A network: its class in diffusers or transformers, and its parts, each of which becomes one graph. */
export interface Network {
  className: string
  /** By the part's name, e.g. the VAE's `encoder` and `decoder`: declares the parameters and emits the graph. */
  parts: Record<string, (nn: NetworkBuilder, config: ConfigReader) => void>
}

/** One learned tensor, or a buffer: its diffusers/transformers name, shape, and the module that holds it. */
export interface Parameter {
  /** e.g. `transformer_blocks.0.attn.add_q_proj.weight` */
  name: string
  shape: number[]
  /** The owning module's path, e.g. `transformer_blocks.0.attn.add_q_proj`. */
  module: string
  /** PyTorch's class name of that module, e.g. `Linear`. */
  moduleType: string
}
