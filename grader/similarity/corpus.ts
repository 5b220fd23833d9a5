import { fingerprints, tokensWithHelpers, type Cutting, type Prints } from './fingerprints.ts'
import { normalise } from './normalise.ts'

/** One author's file of one exercise. */
export interface Document {
  author: string
  text: string
  /** All of the file. */
  prints: Prints
  /** By exported function, with the helpers it uses. */
  functions: Map<string, Prints>
}

/** @param functions the exported functions to look at one by one */
export function readDocument(
  author: string,
  text: string,
  functions: readonly string[],
  cutting?: Cutting,
): Document {
  const units = normalise(text)
  const prints: Prints = new Map()
  let start = 0
  for (const { tokens } of units) {
    for (const [print, places] of fingerprints(tokens, cutting)) {
      const inFile = places.map((place) => ({ ...place, index: start + place.index }))
      prints.set(print, [...(prints.get(print) ?? []), ...inFile])
    }
    start += tokens.length
  }
  const of = (name: string) => [name, fingerprints(tokensWithHelpers(name, units), cutting)] as const
  return { author, text, prints, functions: new Map(functions.map(of)) }
}

/** How much it tells that two files share a fingerprint, in bits: nothing when it stands in the stub, little when many have it. */
export type Weigh = (print: string) => number

/**
 * Weights from how many have a fingerprint: log2(files / files that have it), which is what the task itself dictates
 * taken out. `background` files were written by people who did not copy: the reference and the independent solutions
 * that the kit holds, so that a class of two has something to be compared with.
 */
export function weigher(
  documents: readonly Document[],
  background: readonly Document[],
  stub: Document,
): Weigh {
  const all = [...documents, ...background]
  const holders = new Map<string, number>()
  for (const { prints } of all)
    for (const print of prints.keys()) holders.set(print, (holders.get(print) ?? 0) + 1)
  return (print) => (stub.prints.has(print) ? 0 : Math.log2((all.length + 1) / (holders.get(print) ?? 1)))
}

/** What two sets of fingerprints have in common. */
export interface Overlap {
  /** From 0 to 1. */
  similarity: number
  /** Weight of what is shared, in bits: how much the similarity rests on. */
  bits: number
}

/** Bits that are held against every similarity: what a pair of one-liners shares is chance. */
const DOUBT = 10

/**
 * The weight of what is shared, by the weight of the smaller file: a copy that was padded with other code is a copy
 * all the same.
 */
export function overlap(a: Prints, b: Prints, weigh: Weigh, doubt = DOUBT): Overlap {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a]
  let bits = 0
  for (const print of small.keys()) if (large.has(print)) bits += weigh(print)
  const least = Math.min(total(a, weigh), total(b, weigh))
  return { similarity: bits / (least + doubt), bits }
}

function total(prints: Prints, weigh: Weigh): number {
  let bits = 0
  for (const print of prints.keys()) bits += weigh(print)
  return bits
}
