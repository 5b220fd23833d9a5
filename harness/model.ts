import { Weights } from './checkpoint/weights.ts'
import { ArgumentError } from './errors.ts'
import type { ConfigReader } from './networks/config.ts'
import { NetworkBuilder } from './networks/network-builder.ts'
import type { Network } from './networks/network.ts'
import type { Device } from './runtime/device.ts'
import { Session, type Feed } from './runtime/session.ts'
import type { Tensor } from './tensor.ts'

/** A folder with a `config.json`, already read, and weights. */
export interface ModelFiles {
  folder: string
  config: ConfigReader
}

/**
 * A network with its weights, ready to run: builds each part's graph on first use, and again with other outputs
 * when other intermediates are tapped. The graphs of one part share nothing but the weight files.
 */
export class Model {
  readonly config: ConfigReader
  private readonly network: Network
  private readonly folder: string
  private readonly device: Device
  private weights: Promise<Weights> | undefined
  /** By part and taps, least recently used first. */
  private readonly sessions = new Map<string, Promise<Session>>()

  constructor(network: Network, { folder, config }: ModelFiles, device: Device) {
    this.network = network
    this.folder = folder
    this.config = config
    this.device = device
  }

  /** Runs one part; the outputs hold the tapped values too, by the path they were asked for. */
  async run(
    part: string,
    feeds: Record<string, Feed>,
    taps: readonly string[] = [],
  ): Promise<Record<string, Tensor>> {
    const session = await this.session(part, taps)
    return session.run(feeds)
  }

  async release(): Promise<void> {
    const sessions = [...this.sessions.values()]
    this.sessions.clear()
    for (const session of sessions) await (await session).release()
  }

  private session(part: string, taps: readonly string[]): Promise<Session> {
    const key = [part, ...taps].join('\n')
    const session = this.sessions.get(key) ?? this.create(part, taps)
    session.catch(() => this.sessions.delete(key))
    this.sessions.set(key, session)
    return session
  }

  private async create(part: string, taps: readonly string[]): Promise<Session> {
    const { className, parts } = this.network
    const weights = await (this.weights ??= Weights.open(this.folder))
    const builder = NetworkBuilder.create({ type: this.device.type, taps, weights })
    parts[part](builder, this.config)
    const unknown = taps.find((tap) => !builder.offeredTaps.has(tap))
    if (unknown !== undefined) {
      throw new ArgumentError(
        `${className} has no intermediate "${unknown}".`,
        `It offers ${[...builder.offeredTaps].join(', ')}.`,
      )
    }
    return Session.create(builder.ops.graph.serialize(), { device: this.device.name, folder: weights.root })
  }
}
