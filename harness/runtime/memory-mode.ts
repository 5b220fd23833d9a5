import { ArgumentError } from '../errors.ts'

/**
 * What of a checkpoint is in memory at the same time, most first.
 * - `resident`: every network, from its first use on.
 * - `sequential`: one text encoder at a time, gone before the transformer comes; transformer and VAE stay.
 * - `small`: one network at a time, and T5 a few layers at a time.
 *
 * All three compute the same: none drops an encoder or stores it less exactly. They differ in how often weights are
 * read from the disk, or from the system's cache of it.
 */
export const memoryModes = ['resident', 'sequential', 'small'] as const
export type MemoryMode = (typeof memoryModes)[number]

/** Bytes that each mode needs at its worst moment. */
export type MemoryNeeds = Record<MemoryMode, number>

export interface MemoryChoice {
  mode: MemoryMode
  /** Whether a person chose it. */
  forced: boolean
  needs: MemoryNeeds
  /** What the device has for it; null when nobody can tell. */
  available: number | null
}

/**
 * The first mode that fits what is available; `small` when none does; `resident` when nobody knows.
 * @param requested `auto`, or a mode to take whatever it needs; default: the environment variable SD3_MEMORY, else `auto`
 * @throws ArgumentError for any other name
 */
export function chooseMemoryMode(
  needs: MemoryNeeds,
  available: number | null,
  requested = process.env.SD3_MEMORY || 'auto',
): MemoryChoice {
  const mode = memoryModes.find((name) => name === requested)
  if (mode) return { mode, forced: true, needs, available }
  if (requested !== 'auto') {
    throw new ArgumentError(
      `There is no memory mode "${requested}".`,
      `Set SD3_MEMORY to one of auto, ${memoryModes.join(', ')}.`,
    )
  }
  if (available === null) return { mode: 'resident', forced: false, needs, available }
  const fitting = memoryModes.find((name) => needs[name] <= available)
  return { mode: fitting ?? 'small', forced: false, needs, available }
}

/** One line: the mode, what it needs and of how much, and why none that keeps more was taken. */
export function describeMemory({ mode, forced, needs, available }: MemoryChoice): string {
  const has = available === null ? 'the device does not say what it has' : `${gigabytes(available)} are there`
  const parts = [`needs about ${gigabytes(needs[mode])}`, has]
  const larger = memoryModes[memoryModes.indexOf(mode) - 1]
  if (forced) parts.push('as asked for')
  else if (larger) parts.push(`${larger} would need ${gigabytes(needs[larger])}`)
  if (available !== null && needs[mode] > available) parts.push('it may not fit')
  return `memory mode ${mode}: ${parts.join(', ')}`
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}
