import type { ConfigReader } from './config.ts'
import type { NetworkBuilder } from './network-builder.ts'

/** A network: its class in diffusers or transformers, and its parts, each of which becomes one graph. */
export interface Network {
  className: string
  /** Module type of the network itself, as PyTorch prints it. */
  parts: Record<string, (nn: NetworkBuilder, config: ConfigReader) => void>
}
