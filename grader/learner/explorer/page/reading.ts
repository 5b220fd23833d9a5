import type { JointSequence } from './joint-sequence.ts'

/** Whose queries are looked at. */
export type Asking = 'image' | 'text'

/** What is pointed at: a patch, or some of the text's tokens, such as those of a word. */
export type Subject =
  | { kind: 'patch'; patch: number }
  /** `tokens` count from the first of the text. */
  | { kind: 'text'; id: string; name: string; tokens: number[] }

/**
 * Attention to or from a subject.
 * `reads`: what the subject's queries spend on each token, on average; a row of the matrix. Adds up to 1.
 * `is read`: what each query spends on the subject, all its tokens together; a column. NaN where nobody asks.
 */
export interface Reading {
  kind: 'reads' | 'is read'
  values: Float32Array // [tokens]
  /** What every value would be if all tokens were read alike. */
  uniform: number
}

/** The subject reads when it is of the kind that asks; else it is read. */
export function readingOf(
  weights: Float32Array,
  sequence: JointSequence,
  asking: Asking,
  subject: Subject,
): Reading {
  const at = positions(sequence, subject)
  const asks = (subject.kind === 'patch') === (asking === 'image')
  return asks ? reads(weights, sequence, at) : isRead(weights, sequence, asking, at)
}

/** The row that all queries of one kind make on average. */
export function averageReading(weights: Float32Array, sequence: JointSequence, asking: Asking): Reading {
  const [start, end] = queriesOf(sequence, asking)
  return reads(
    weights,
    sequence,
    Array.from({ length: end - start }, (_, i) => start + i),
  )
}

/** Where a subject stands in the joint sequence. */
export function positions({ image }: JointSequence, subject: Subject): number[] {
  return subject.kind === 'patch' ? [subject.patch] : subject.tokens.map((token) => image + token)
}

/** The rows of the matrix in which the image asks, or the text. */
export function queriesOf({ image, total }: JointSequence, asking: Asking): [start: number, end: number] {
  return asking === 'image' ? [0, image] : [image, total]
}

/** Of several tokens: what is read of them is added up, what they read is averaged. */
export function share(
  { kind, values, uniform }: Reading,
  at: readonly number[],
): { value: number; uniform: number } {
  let sum = 0
  for (const i of at) sum += values[i]
  return kind === 'reads' ? { value: sum, uniform: uniform * at.length } : { value: sum / at.length, uniform }
}

function reads(weights: Float32Array, { total }: JointSequence, at: readonly number[]): Reading {
  const sums = new Float64Array(total)
  for (const query of at) for (let key = 0; key < total; key++) sums[key] += weights[query * total + key]
  return { kind: 'reads', values: Float32Array.from(sums, (sum) => sum / at.length), uniform: 1 / total }
}

function isRead(
  weights: Float32Array,
  sequence: JointSequence,
  asking: Asking,
  at: readonly number[],
): Reading {
  const { total } = sequence
  const [start, end] = queriesOf(sequence, asking)
  const values = new Float32Array(total).fill(NaN)
  for (let query = start; query < end; query++) {
    let sum = 0
    for (const key of at) sum += weights[query * total + key]
    values[query] = sum
  }
  return { kind: 'is read', values, uniform: at.length / total }
}
