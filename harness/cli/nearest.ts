import { closest, distance } from 'fastest-levenshtein'

/** What was probably meant by a mistyped name; null when less than half of it is right. */
export function nearest(name: string, known: readonly string[]): string | null {
  if (known.length === 0) return null
  const found = closest(name, known)
  return distance(name, found) <= Math.max(name.length, found.length) / 2 ? found : null
}
