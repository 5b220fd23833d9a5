import { Weights } from './checkpoint/weights.ts'
import { ArgumentError } from './errors.ts'
import type { ConfigReader } from './config-reader.ts'
import { NetworkBuilder } from './networks/network-builder.ts'
import type { Network } from './networks/network.ts'
import { isPortable, type Device } from './runtime/device.ts'
import { Session, type Feed } from './runtime/session.ts'
import type { Tensor } from './tensor.ts'

/** Of a model's sessions those used last are kept: each holds weights of its own, 50 MB for sd3-nano's transformer. */
const KEPT_SESSIONS = 4

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

  /** Frees the memory of all sessions when their runs have ended; the next run opens the files anew. */
  async release(): Promise<void> {
    this.weights = undefined
    await this.evict(0)
  }

  private session(part: string, taps: readonly string[]): Promise<Session> {
    const key = [part, ...taps].join('\n')
    const known = this.sessions.get(key)
    if (known) {
      this.sessions.delete(key)
      this.sessions.set(key, known)
      return known
    }
    const session = this.evict(KEPT_SESSIONS - 1).then(() => this.create(part, taps))
    this.sessions.set(key, session)
    session.catch(() => {
      if (this.sessions.get(key) === session) this.sessions.delete(key)
    })
    return session
  }

  /** Releases the sessions used longest ago, until `kept` are left. */
  private async evict(kept: number): Promise<void> {
    const evicted = [...this.sessions].slice(0, Math.max(0, this.sessions.size - kept))
    for (const [key] of evicted) this.sessions.delete(key)
    // One that could not be opened has nothing to release, and its run has been told.
    await Promise.allSettled(evicted.map(async ([, session]) => (await session).release()))
  }

  private async openWeights(): Promise<Weights> {
    const opening = (this.weights ??= Weights.open(this.folder))
    try {
      return await opening
    } catch (error) {
      if (this.weights === opening) this.weights = undefined // the file may be restored
      throw error
    }
  }

  private async create(part: string, taps: readonly string[]): Promise<Session> {
    const { className, parts } = this.network
    const weights = await this.openWeights()
    const builder = NetworkBuilder.create({
      type: this.device.type,
      taps,
      weights,
      portable: isPortable(this.device),
    })
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
