import type { Token, Unit } from './normalise.ts'

/** How tokens are cut up. Measured in measure.ts. */
export interface Cutting {
  /** Tokens in a row that make one fingerprint. */
  length: number
  /** Of so many fingerprints in a row only the smallest is kept (winnowing); 1 keeps all. */
  window: number
}

export const defaultCutting: Cutting = { length: 5, window: 1 }

/** A fingerprint's first and last line. */
export interface Place {
  index: number
  from: number
  to: number
}

/** Fingerprints by their text, each with the places where it occurs. */
export type Prints = Map<string, Place[]>

/**
 * The fingerprints of some tokens: all runs of `length`, thinned out by winnowing (Schleimer, Wilkerson, Aiken,
 * "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003). Functions here are so short that thinning
 * loses more than it saves, so it is off by default.
 */
export function fingerprints(tokens: Token[], { length, window }: Cutting = defaultCutting): Prints {
  const grams: { text: string; place: Place }[] = []
  for (let index = 0; index + length <= tokens.length; index++) {
    const run = tokens.slice(index, index + length)
    const lines = run.map(({ line }) => line)
    const place = { index, from: Math.min(...lines), to: Math.max(...lines) }
    grams.push({ text: run.map(({ text }) => text).join(' '), place })
  }
  const prints: Prints = new Map()
  for (const { text, place } of window > 1 ? winnow(grams, window) : grams) {
    const places = prints.get(text)
    if (places) places.push(place)
    else prints.set(text, [place])
  }
  return prints
}

function winnow<T extends { text: string }>(grams: T[], window: number): Set<T> {
  const kept = new Set<T>()
  const hashes = grams.map(({ text }) => hash(text))
  for (let start = 0; start + window <= grams.length; start++) {
    let least = start
    for (let i = start; i < start + window; i++) if (hashes[i] <= hashes[least]) least = i
    kept.add(grams[least])
  }
  return kept
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

/** The tokens of a function and of everything of its file that it uses. */
export function tokensWithHelpers(name: string, units: Unit[]): Token[] {
  const seen = new Set<Unit>()
  const take = (wanted: string): Token[] => {
    const unit = units.find((one) => one.name === wanted)
    if (!unit || seen.has(unit)) return []
    seen.add(unit)
    return [...unit.tokens, ...[...unit.mentions].flatMap(take)]
  }
  return take(name)
}
