import type { CheckpointComponent } from './checkpoint/checkpoint.ts'
import { Weights } from './checkpoint/weights.ts'
import { ArgumentError } from './errors.ts'
import { networkOf } from './networks/index.ts'
import { NetworkBuilder } from './networks/network-builder.ts'
import type { Device } from './runtime/device.ts'
import { Session, type Feed } from './runtime/session.ts'
import type { Tensor } from './tensor.ts'

/**
 * A component of a checkpoint, ready to run: builds each part's graph on first use, and again with other outputs
 * when other intermediates are tapped. The graphs of one part share nothing but the weight files.
 */
export class Model {
  private readonly component: CheckpointComponent
  private readonly device: Device
  private weights: Promise<Weights> | undefined
  /** By part and taps, least recently used first. */
  private readonly sessions = new Map<string, Promise<Session>>()

  constructor(component: CheckpointComponent, device: Device) {
    this.component = component
    this.device = device
  }

  /** The component's config, with the defaults of the code filled in. */
  get config() {
    return this.component.config
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
    const { className, folder } = this.component
    const weights = await (this.weights ??= Weights.open(folder))
    const builder = NetworkBuilder.create({ type: this.device.type, taps, weights })
    networkOf(className).parts[part](builder, this.config)
    const unknown = taps.find((tap) => !builder.offeredTaps.has(tap))
    if (unknown !== undefined) {
      throw new ArgumentError(
        `${className} has no intermediate "${unknown}".`,
        `It offers ${[...builder.offeredTaps].join(', ')}.`,
      )
    }
    return Session.create(builder.ops.graph.serialize(), { device: this.device.name, folder })
  }
}
