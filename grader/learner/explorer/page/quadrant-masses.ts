import type { Asking } from './reading.ts'

export interface Quadrant {
  asking: Asking
  read: Asking
  /** What a query spends on these keys, on average. */
  mass: number
  /** What it would spend if it read all keys alike. */
  uniform: number
}

/** The four quadrants of [total, total], image tokens first: each row of two adds up to 1. */
export function quadrantMasses(weights: Float32Array, image: number, total: number): Quadrant[] {
  const ranges = { image: [0, image], text: [image, total] } as const
  const massOf = (asking: Asking, read: Asking): Quadrant => {
    const [[top, bottom], [left, right]] = [ranges[asking], ranges[read]]
    let sum = 0
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) sum += weights[row * total + column]
    }
    return { asking, read, mass: sum / (bottom - top), uniform: (right - left) / total }
  }
  return [massOf('image', 'image'), massOf('image', 'text'), massOf('text', 'image'), massOf('text', 'text')]
}
