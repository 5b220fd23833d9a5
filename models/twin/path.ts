import type { Tensor } from '#harness'

/**
 * Follows the latents of a batch from noise to picture, one position at a time, and keeps no more than two of them.
 * A path's straightness is its net displacement over its length: 1 for a straight line at any speed, 0 for a closed one.
 */
export class Paths {
  private readonly start: Tensor
  private last: Tensor
  private readonly lengths: number[]

  /** @param start the initial noise [batch, …] */
  constructor(start: Tensor) {
    this.start = this.last = start
    this.lengths = Array<number>(start.dims[0]).fill(0)
  }

  moveTo(next: Tensor): void {
    const moved = distances(this.last, next)
    moved.forEach((distance, i) => (this.lengths[i] += distance))
    this.last = next
  }

  /** One per row of the batch, from 0 to 1; a path that never moved is straight. */
  straightness(): number[] {
    const net = distances(this.start, this.last)
    return this.lengths.map((length, i) => (length === 0 ? 1 : net[i] / length))
  }
}

/** The Euclidean distance of each row. */
function distances(from: Tensor, to: Tensor): number[] {
  const [batch] = from.dims
  const size = from.data.length / batch
  return Array.from({ length: batch }, (_, row) => {
    let sum = 0
    for (let i = row * size; i < (row + 1) * size; i++) sum += (to.data[i] - from.data[i]) ** 2
    return Math.sqrt(sum)
  })
}
