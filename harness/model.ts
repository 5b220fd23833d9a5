import { Weights } from './checkpoint/weights.ts'
import { ArgumentError } from './errors.ts'
import type { ConfigReader } from './config-reader.ts'
import { chosenGraphForm, defaultGraphForms } from './chosen-graph-form.ts'
import { NetworkBuilder } from './networks/network-builder.ts'
import type { Define, Network } from './networks/network.ts'
import { stagesOf } from './networks/stages.ts'
import { isPortable, type Device } from './runtime/device.ts'
import { Session, type Feed } from './runtime/session.ts'
import type { Tensor } from './tensor.ts'
import { Turns } from './turns.ts'

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
  readonly device: Device
  private readonly network: Network
  private readonly folder: string
  private readonly turns: Turns
  private weights: Promise<Weights> | undefined
  /** By part, taps and the names of what is fed, least recently used first. */
  private readonly sessions = new Map<string, Promise<Session>>()

  /** @param turns who may hold memory beside this model; default: everybody */
  constructor(
    network: Network,
    { folder, config }: ModelFiles,
    device: Device,
    turns = new Turns('resident'),
  ) {
    this.network = network
    this.folder = folder
    this.config = config
    this.device = device
    this.turns = turns
  }

  /** Runs one part; the outputs hold the tapped values too, by the path they were asked for. */
  async run(
    part: string,
    feeds: Record<string, Feed>,
    taps: readonly string[] = [],
  ): Promise<Record<string, Tensor>> {
    const [outputs] = await this.runEach(part, [feeds], taps)
    return outputs
  }

  /** Runs one part on several inputs, one after another, while it is loaded. */
  async runEach(
    part: string,
    feeds: readonly Record<string, Feed>[],
    taps: readonly string[] = [],
  ): Promise<Record<string, Tensor>[]> {
    return this.turns.take(this, async () => {
      const stages = taps.length === 0 ? this.stagesOf(part) : []
      if (stages.length > 1) return this.runStages(stages, feeds)
      const outputs: Record<string, Tensor>[] = []
      for (const feed of feeds)
        outputs.push(await (await this.session(part, taps, Object.keys(feed))).run(feed))
      return outputs
    })
  }

  /** Frees the memory of all sessions when their runs have ended; the next run opens the files anew. */
  async release(): Promise<void> {
    this.weights = undefined
    await this.evict(0)
  }

  private session(part: string, taps: readonly string[], feeds: readonly string[]): Promise<Session> {
    const purpose = JSON.stringify([part, taps])
    const key = `${purpose} ${feeds.toSorted().join()}`
    const known = this.sessions.get(key)
    if (known) {
      this.sessions.delete(key)
      this.sessions.set(key, known)
      return known
    }
    const kept = this.turns.mode === 'resident' ? KEPT_SESSIONS : 1
    // Another choice of inputs takes the place of the last: both would hold the part's weights.
    const replaced = [...this.sessions.keys()].filter((other) => other.startsWith(`${purpose} `))
    const session = this.evict(kept - 1, replaced).then(() =>
      this.open(this.network.parts[part], taps, feeds),
    )
    this.sessions.set(key, session)
    session.catch(() => {
      if (this.sessions.get(key) === session) this.sessions.delete(key)
    })
    return session
  }

  /** Releases the sessions of these keys, and those used longest ago, until `kept` are left. */
  private async evict(kept: number, keys: readonly string[] = []): Promise<void> {
    const oldest = [...this.sessions].filter(([key]) => !keys.includes(key))
    const evicted = [
      ...[...this.sessions].filter(([key]) => keys.includes(key)),
      ...oldest.slice(0, Math.max(0, oldest.length - kept)),
    ]
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

  /** The graphs to load one after another: where memory is small, as many as the part can be cut into. */
  private stagesOf(part: string): Define[] {
    if (this.turns.mode !== 'small') return []
    return stagesOf(this.network, part, this.config, this.device.type, this.turns.stageBytes)
  }

  /** Each stage reads what it asks for by name, of the first inputs and of what the stages before it made. */
  private async runStages(
    stages: Define[],
    feeds: readonly Record<string, Feed>[],
  ): Promise<Record<string, Tensor>[]> {
    await this.evict(0)
    let outputs: Record<string, Tensor>[] = feeds.map(() => ({}))
    for (const stage of stages) {
      const session = await this.open(stage)
      try {
        const made: Record<string, Tensor>[] = []
        for (const [i, feed] of feeds.entries()) {
          const known = { ...feed, ...outputs[i] }
          const wanted = session.inputNames.map((name) => [name, known[name]] as const)
          made.push(await session.run(Object.fromEntries(wanted)))
        }
        outputs = made
      } finally {
        await session.release()
      }
    }
    return outputs
  }

  private async open(
    define: Define,
    taps: readonly string[] = [],
    feeds: readonly string[] = [],
  ): Promise<Session> {
    const weights = await this.openWeights()
    const builder = NetworkBuilder.create({
      type: this.device.type,
      taps,
      feeds,
      weights,
      portable: isPortable(this.device),
      // SD3_GRAPH is about CUDA; a network that is opened on the CPU beside it has the CPU's form.
      form: this.device.name === 'cuda' ? chosenGraphForm('cuda') : defaultGraphForms[this.device.name],
    })
    define(builder, this.config)
    const unknown = taps.find((tap) => !builder.offeredTaps.has(tap))
    if (unknown !== undefined) {
      throw new ArgumentError(
        `${this.network.className} has no intermediate "${unknown}".`,
        `It offers ${[...builder.offeredTaps].join(', ')}.`,
      )
    }
    return Session.create(builder.ops.graph.serialize(), {
      device: this.device.name,
      type: this.device.type,
      folder: weights.root,
      memoryMode: this.turns.mode,
    })
  }
}
