import type { Prints } from './fingerprints.ts'
import type { Weigh } from './corpus.ts'

/** Lines of one file, both ends included. */
export interface Lines {
  from: number
  to: number
}

/** A piece of code that two files share. */
export interface Fragment {
  left: Lines
  right: Lines
  /** How much it tells: see `weigher`. */
  bits: number
}

/** What a fragment must tell to be shown. */
const LEAST_BITS = 4
/** A fingerprint that a file repeats more often than this does not say where it was copied from. */
const MOST_PLACES = 8

/** The pieces that two files share, longest story first: runs of fingerprints that follow each other in both. */
export function sharedFragments(a: Prints, b: Prints, weigh: Weigh): Fragment[] {
  const runs: Run[] = []
  const open = new Map<string, Run>()
  for (const match of matches(a, b, weigh)) {
    const run = open.get(`${match.left.index - 1},${match.right.index - 1}`)
    if (run) {
      open.delete(`${match.left.index - 1},${match.right.index - 1}`)
      run.left.to = Math.max(run.left.to, match.left.to)
      run.right.to = Math.max(run.right.to, match.right.to)
      run.bits += match.bits
    }
    const grown = run ?? { left: lines(match.left), right: lines(match.right), bits: match.bits }
    if (!run) runs.push(grown)
    open.set(`${match.left.index},${match.right.index}`, grown)
  }
  runs.sort((x, y) => y.bits - x.bits)
  const shown: Fragment[] = []
  for (const run of runs) {
    const isInside = shown.some(({ left, right }) => within(run.left, left) || within(run.right, right))
    if (run.bits >= LEAST_BITS && !isInside) shown.push(run)
  }
  return shown
}

type Run = Fragment

/** Pairs of places of one fingerprint, in the order of the left file. */
function matches(a: Prints, b: Prints, weigh: Weigh) {
  const found = []
  for (const [print, lefts] of a) {
    const rights = b.get(print)
    if (!rights || lefts.length > MOST_PLACES || rights.length > MOST_PLACES) continue
    const bits = weigh(print)
    for (const left of lefts) for (const right of rights) found.push({ left, right, bits })
  }
  return found.sort((x, y) => x.left.index - y.left.index || x.right.index - y.right.index)
}

function lines({ from, to }: Lines): Lines {
  return { from, to }
}

function within(inner: Lines, outer: Lines): boolean {
  return inner.from >= outer.from && inner.to <= outer.to
}
