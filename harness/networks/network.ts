import type { ConfigReader } from '../config-reader.ts'
import type { NetworkBuilder } from './network-builder.ts'

/** Declares the parameters of one graph and emits it. */
export type Define = (nn: NetworkBuilder, config: ConfigReader) => void

/** A network: its class in diffusers or transformers, and its parts, each of which becomes one graph. */
export interface Network {
  className: string
  /** By the part's name, e.g. the VAE's `encoder` and `decoder`. */
  parts: Record<string, Define>
  /**
   * A part cut into graphs that run one after another, by the part's name: together they compute the same, and only
   * one need be loaded at a time. A graph's outputs are named as the next one's inputs.
   * @param share how much of the part one graph may hold, 0 to 1; at least a layer
   */
  stages?: Record<string, (config: ConfigReader, share: number) => Define[]>
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
