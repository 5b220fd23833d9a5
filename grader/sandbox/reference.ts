import { Sandbox } from './sandbox.ts'

/** Calls that may be under way at the same time: enough to see who starts all at once. */
const MOST = 3

/**
 * The reference solution of an exercise, for functions of a submission that call one which the submission lacks.
 * It runs in processes of its own: what a submission passes to it may be made to keep it busy for ever.
 */
export class Reference {
  readonly #start: () => Sandbox
  readonly #all: Sandbox[] = []
  readonly #idle: Sandbox[] = []
  readonly #waiting: ((sandbox: Sandbox) => void)[] = []

  constructor(start: () => Sandbox) {
    this.#start = start
  }

  async call(name: string, args: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    const sandbox = await this.#take()
    try {
      return await sandbox.call(name, args, signal)
    } finally {
      const next = this.#waiting.shift()
      if (next) next(sandbox)
      else this.#idle.push(sandbox)
    }
  }

  close(): void {
    for (const sandbox of this.#all) sandbox.close()
  }

  #take(): Sandbox | Promise<Sandbox> {
    const idle = this.#idle.pop()
    if (idle) return idle
    if (this.#all.length === MOST) return new Promise((resolve) => this.#waiting.push(resolve))
    const started = this.#start()
    this.#all.push(started)
    return started
  }
}
