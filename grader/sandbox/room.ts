/** A limit on what is under way together. What does not fit waits its turn. */
export class Room {
  #left: number
  readonly #size: number
  readonly #queue: { amount: number; enter: () => void }[] = []

  constructor(size: number) {
    this.#left = size
    this.#size = size
  }

  /** Whether so much could ever be under way. */
  holds(amount: number): boolean {
    return amount <= this.#size
  }

  async during<T>(amount: number, work: () => Promise<T>): Promise<T> {
    await this.#enter(amount)
    try {
      return await work()
    } finally {
      this.#leave(amount)
    }
  }

  /** Within such work: steps outside for a while, so that nobody waits for one who waits himself. */
  async outside<T>(amount: number, work: () => Promise<T>): Promise<T> {
    this.#leave(amount)
    try {
      return await work()
    } finally {
      await this.#enter(amount)
    }
  }

  #enter(amount: number): Promise<void> {
    return new Promise((enter) => {
      this.#queue.push({ amount, enter })
      this.#admit()
    })
  }

  #leave(amount: number): void {
    this.#left += amount
    this.#admit()
  }

  /** In order of arrival: a large one is not kept out by small ones behind it. */
  #admit(): void {
    while (this.#queue.length > 0 && this.#queue[0].amount <= this.#left) {
      const { amount, enter } = this.#queue.shift()!
      this.#left -= amount
      enter()
    }
  }
}
