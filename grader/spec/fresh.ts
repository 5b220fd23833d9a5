import type { Image } from '#harness'
import { draw } from './draws.ts'

/** Draws for a run's fresh instances: an answer typed in from another run does not pass. */

/** A whole number from `least` to `most`, both included. */
export function anyInteger(least: number, most: number): number {
  return least + Math.floor(draw() * (most - least + 1))
}

export function anyOf<T>(choices: readonly T[]): T {
  return choices[anyInteger(0, choices.length - 1)]
}

export function anySeed(): number {
  return anyInteger(1, 2 ** 31)
}

/** A small picture size, never square, so that height and width cannot pass for each other. */
export function anySize(): { height: number; width: number } {
  const sides = [48, 64, 80, 96]
  const height = anyOf(sides)
  const width = anyOf(sides.filter((side) => side !== height))
  return { height, width }
}

export function anyPrompt(): string {
  const colour = () => anyOf(['red', 'blue', 'green', 'yellow', 'white', 'black'])
  const thing = () => anyOf(['ball', 'cube', 'cat', 'tree', 'house', 'boat'])
  return `a ${colour()} ${thing()} ${anyOf(['to the left of', 'to the right of'])} a ${colour()} ${thing()}`
}

/** A picture of random bytes: no two of its pixels can pass for each other. */
export function anyImage(height: number, width: number): Image {
  return { width, height, data: Uint8Array.from({ length: height * width * 3 }, () => anyInteger(0, 255)) }
}
