/** Counts the time that a submission's own code uses, and calls `onExpired` when it is used up. */
export class StudentClock {
  #left: number
  #startedAt = 0
  #timer: NodeJS.Timeout | undefined
  /** Trusted work under way that waits for nothing on the submission's side. */
  #trusted = 0
  readonly #onExpired: () => void

  constructor(milliseconds: number, onExpired: () => void) {
    this.#left = milliseconds
    this.#onExpired = onExpired
    this.#start()
  }

  /** Runs trusted work off the clock. */
  async pausedDuring<T>(work: () => Promise<T>): Promise<T> {
    this.#add(1)
    try {
      return await work()
    } finally {
      this.#add(-1)
    }
  }

  /** Within trusted work: waits for the submission again, on the clock. */
  async runningDuring<T>(work: () => Promise<T>): Promise<T> {
    this.#add(-1)
    try {
      return await work()
    } finally {
      this.#add(1)
    }
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#left = Infinity
  }

  #add(change: number): void {
    const was = this.#trusted
    this.#trusted += change
    if (was === 0 && this.#trusted > 0) this.#pause()
    if (was > 0 && this.#trusted === 0) this.#start()
  }

  #start(): void {
    if (this.#left === Infinity) return
    this.#startedAt = performance.now()
    this.#timer = setTimeout(this.#onExpired, this.#left)
  }

  #pause(): void {
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#left = Math.max(0, this.#left - (performance.now() - this.#startedAt))
  }
}
