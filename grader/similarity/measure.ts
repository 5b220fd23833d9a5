import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exercises, modulePath, type Exercise } from '#grader/manifest/index.ts'
import { overlap, readDocument, weigher } from './corpus.ts'
import { disguises } from './disguise.ts'
import { dolosSimilarity } from './dolos.ts'
import type { Cutting } from './fingerprints.ts'
import { fixtureTexts } from './fixtures.ts'

/** How alike two files are, for every pair of a class; keys are `author|author`, in the order of `texts`. */
export type Comparer = (
  texts: Map<string, string>,
  stub: string,
  exercise: Exercise,
) => Promise<Map<string, number>>

/** What a comparer does with copies that are disguised in one way. */
export interface Measured {
  disguise: string
  /** Chance that a copy ranks above a pair that worked independently: 1 is perfect, 0.5 is dice. */
  auc: number
  /** The least similar copy, and the most similar independent pair. */
  leastCopy: number
  mostIndependent: number
}

/**
 * Disguises each author's file in turn, puts the copy into the class of those who worked independently, and compares
 * how the pair of copy and original ranks among the pairs that did not copy.
 */
export async function measure(compare: Comparer): Promise<Measured[]> {
  const measured: Measured[] = []
  for (const [name, disguise] of Object.entries(disguises)) {
    const copies: number[] = []
    const independents: number[] = []
    let above = 0
    let pairs = 0
    for (const exercise of exercises) {
      const texts = await fixtureTexts(exercise)
      if (texts.size < 2) continue // only the reference
      const stub = await readFile(join('exercises', modulePath(exercise)), 'utf8')
      for (const [author, text] of texts) {
        const similarity = await compare(new Map([...texts, ['copy', await disguise(text)]]), stub, exercise)
        const copy = similarity.get(`${author}|copy`) ?? NaN
        copies.push(copy)
        for (const [pair, value] of similarity) {
          if (pair === `${author}|copy`) continue
          independents.push(value)
          pairs++
          above += copy > value ? 1 : copy === value ? 0.5 : 0
        }
      }
    }
    const [leastCopy, mostIndependent] = [Math.min(...copies), Math.max(...independents)]
    measured.push({ disguise: name, auc: above / pairs, leastCopy, mostIndependent })
  }
  return measured
}

/** Of this kit's own fingerprints. */
export function byFingerprints(cutting: Cutting, isWeighted = true): Comparer {
  return async (texts, stubText, { tasks }) => {
    const functions = tasks.map((task) => task.export)
    const documents = [...texts].map(([author, text]) => readDocument(author, text, functions, cutting))
    const stub = readDocument('stub', stubText, functions, cutting)
    const known = weigher(documents, [], stub)
    const weigh = isWeighted ? known : (print: string) => Number(!stub.prints.has(print))
    const similarity = new Map<string, number>()
    for (const [i, a] of documents.entries()) {
      for (const b of documents.slice(i + 1))
        similarity.set(`${a.author}|${b.author}`, overlap(a.prints, b.prints, weigh).similarity)
    }
    return similarity
  }
}

/** `npm run similarity -- --measure`: the table behind the choices made here. */
export async function printMeasurements(print: (line: string) => void): Promise<void> {
  const rows: [string, Comparer | null][] = [
    ...[3, 4, 5, 6, 8, 12].map((length): [string, Comparer] => [
      `fingerprints of ${length} tokens, weighted`,
      byFingerprints({ length, window: 1 }),
    ]),
    ['fingerprints of 5, winnowed by 4', byFingerprints({ length: 5, window: 4 })],
    ['fingerprints of 5, not weighted', byFingerprints({ length: 5, window: 1 }, false)],
    ['Dolos, its defaults (23, 17)', await dolosSimilarity({})],
    ['Dolos, 12 tokens, window 8', await dolosSimilarity({ kgramLength: 12, kgramsInWindow: 8 })],
    ['Dolos, 8 tokens, window 3', await dolosSimilarity({ kgramLength: 8, kgramsInWindow: 3 })],
    [
      'Dolos, 8, 3, prints of over half left out',
      await dolosSimilarity({ kgramLength: 8, kgramsInWindow: 3, maxFingerprintPercentage: 0.5 }),
    ],
  ]
  print(
    'AUC: how often a copy ranks above a pair that did not copy. Margin: least similar copy − most similar other pair.',
  )
  for (const [name, compare] of rows) {
    if (!compare) {
      print(`${name}: not installed (npm ci --prefix grader/similarity/dolos)`)
      continue
    }
    const start = performance.now()
    const measured = await measure(compare)
    print(`\n${name}  (${((performance.now() - start) / 1000).toFixed(1)} s)`)
    for (const { disguise, auc, leastCopy, mostIndependent } of measured) {
      const margin = leastCopy - mostIndependent
      print(
        `  ${disguise.padEnd(18)} AUC ${auc.toFixed(3)}  copies from ${leastCopy.toFixed(2)}  others to ${mostIndependent.toFixed(2)}  margin ${margin.toFixed(2)}`,
      )
    }
  }
}
