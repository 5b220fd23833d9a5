import { ForksPoolWorker, type PoolRunnerInitializer, type PoolWorker, type WorkerRequest } from 'vitest/node'

/** Part of the command line of every worker, so that one left behind can be told from other programs. */
export type WorkerTitle = string

/**
 * A Vitest pool of one process that outlives the run. Vitest ends its workers after each run, and a new one takes
 * seconds to load the harness and the model; a class is hundreds of runs. Spec files are evaluated anew in every run,
 * what they import stays.
 */
export class KeptPool implements PoolRunnerInitializer {
  readonly name = 'kept'
  readonly #title: WorkerTitle
  #parked: ForksPoolWorker | undefined

  constructor(title: WorkerTitle) {
    this.#title = title
  }

  readonly createPoolWorker: PoolRunnerInitializer['createPoolWorker'] = (options) => {
    const parked = this.#parked
    this.#parked = undefined
    const execArgv = [...options.execArgv, `--title=${this.#title}`]
    const fork = parked ?? new ForksPoolWorker({ ...options, execArgv })
    return new KeptWorker(fork, parked !== undefined, () => (this.#parked = fork))
  }

  /** Ends the process, if it is still there: the next run begins with a fresh one. */
  async renew(): Promise<void> {
    const parked = this.#parked
    this.#parked = undefined
    await parked?.stop()
  }
}

type Listener = Parameters<PoolWorker['on']>[1]

/** One run's hold on the process. Starting it again and stopping it are answered here and never reach it. */
class KeptWorker implements PoolWorker {
  readonly name = 'kept'
  readonly cacheFs = true
  readonly #fork: ForksPoolWorker
  readonly #isRunning: boolean
  readonly #park: () => void
  readonly #listeners: [event: string, listener: Listener][] = []
  #isDone = false

  constructor(fork: ForksPoolWorker, isRunning: boolean, park: () => void) {
    this.#fork = fork
    this.#isRunning = isRunning
    this.#park = park
  }

  async start(): Promise<void> {
    if (!this.#isRunning) await this.#fork.start()
  }

  on(event: string, listener: Listener): void {
    this.#listeners.push([event, listener])
    this.#fork.on(event, listener)
  }

  off(event: string, listener: Listener): void {
    this.#fork.off(event, listener)
  }

  send(message: WorkerRequest): void {
    if (message.type === 'start' && this.#isRunning) return this.#answer('started')
    if (message.type !== 'stop') return this.#fork.send(message)
    this.#isDone = true
    this.#answer('stopped')
  }

  /** Vitest asks politely first; where it does not, the run went wrong, and so may the process have. */
  async stop(): Promise<void> {
    if (!this.#isDone) return this.#fork.stop()
    for (const [event, listener] of this.#listeners) this.#fork.off(event, listener)
    this.#park()
  }

  deserialize(data: unknown): unknown {
    return this.#fork.deserialize(data)
  }

  #answer(type: 'started' | 'stopped'): void {
    const answer = { type, __vitest_worker_response__: true }
    setImmediate(() => {
      for (const [event, listener] of this.#listeners) if (event === 'message') listener(answer)
    })
  }
}
