import type { Tensor } from '#harness'

/** Follows latents from noise to picture and measures how straight they went; keeps two of them, however many there are. */
export class Path {
  readonly #start: Tensor
  #last: Tensor
  #length = 0

  /** @param start the initial noise */
  constructor(start: Tensor) {
    this.#start = this.#last = start
  }

  moveTo(next: Tensor): void {
    this.#length += between(this.#last, next)
    this.#last = next
  }

  /** Net displacement over length, from 0 to 1; 1 for what never moved. */
  straightness(): number {
    return this.#length === 0 ? 1 : between(this.#start, this.#last) / this.#length
  }
}

function between(from: Tensor, to: Tensor): number {
  let sum = 0
  for (let i = 0; i < to.data.length; i++) sum += (to.data[i] - from.data[i]) ** 2
  return Math.sqrt(sum)
}
