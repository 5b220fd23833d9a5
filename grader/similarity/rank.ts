import type { Exercise } from '#grader/manifest/index.ts'
import { sharedFragments, type Fragment } from './fragments.ts'
import type { Collected } from './collect.ts'
import { overlap, weigher, type Document, type Overlap, type Weigh } from './corpus.ts'

/** Two files of one exercise, and how alike they are. */
export interface Pair extends Overlap {
  exercise: Exercise
  left: Document
  right: Document
  /** By task, most alike first; only tasks on which both did something of their own. */
  tasks: { title: string; similarity: number; bits: number }[]
  fragments: Fragment[]
}

/** The most alike pairs of a class, most alike first, each exercise on its own. */
export function rankPairs(
  collected: readonly Collected[],
  most: number,
): { pairs: Pair[]; compared: number } {
  const found: (Overlap & { collection: Collected; weigh: Weigh; left: Document; right: Document })[] = []
  let compared = 0
  for (const collection of collected) {
    const { documents, background, stub } = collection
    const weigh = remembered(weigher(documents, background, stub))
    for (const [i, left] of documents.entries()) {
      for (const right of documents.slice(i + 1)) {
        compared++
        found.push({ ...overlap(left.prints, right.prints, weigh), collection, weigh, left, right })
      }
    }
    found.sort((a, b) => b.similarity - a.similarity || b.bits - a.bits)
    found.length = Math.min(found.length, most)
  }
  const pairs = found.map(({ collection: { exercise }, weigh, ...pair }) => ({
    ...pair,
    exercise,
    tasks: taskOverlaps(exercise, pair.left, pair.right, weigh),
    fragments: sharedFragments(pair.left.prints, pair.right.prints, weigh),
  }))
  return { pairs, compared }
}

function taskOverlaps({ tasks }: Exercise, left: Document, right: Document, weigh: Weigh): Pair['tasks'] {
  return tasks
    .map(({ title, export: name }) => {
      const [a, b] = [left.functions.get(name), right.functions.get(name)]
      return { title, ...(a && b ? overlap(a, b, weigh) : { similarity: 0, bits: 0 }) }
    })
    .filter(({ bits }) => bits > 0)
    .sort((a, b) => b.similarity - a.similarity)
}

function remembered(weigh: Weigh): Weigh {
  const known = new Map<string, number>()
  return (print) => {
    const weight = known.get(print) ?? weigh(print)
    known.set(print, weight)
    return weight
  }
}
