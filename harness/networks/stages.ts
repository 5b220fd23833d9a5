import type { ConfigReader } from '../config-reader.ts'
import type { ComputeType } from '../graph/data-type.ts'
import { NetworkBuilder } from './network-builder.ts'
import type { Define, Network } from './network.ts'

/** Bytes of a graph's weights in the types they are computed in; no weight file is opened. */
export function weightBytes(define: Define, config: ConfigReader, type: ComputeType): number {
  const builder = NetworkBuilder.create({ type })
  define(builder, config)
  return builder.weightBytes
}

/** A part as graphs of about `bytes` each, as far as the network can be cut; whole where it cannot. */
export function stagesOf(
  { parts, stages }: Network,
  part: string,
  config: ConfigReader,
  type: ComputeType,
  bytes: number,
): Define[] {
  const whole = parts[part]
  return stages?.[part]?.(config, bytes / weightBytes(whole, config, type)) ?? [whole]
}
