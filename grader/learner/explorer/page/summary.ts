import type { Word } from '../wire.ts'
import { formatRatio, formatShare, patchName } from './format.ts'
import type { JointSequence } from './joint-sequence.ts'
import { positions, queriesOf, readingOf, share, type Asking, type Reading, type Subject } from './reading.ts'

/** A line of a list: a name, its share, and the uniform one. */
export interface Entry {
  name: string
  value: number
  uniform: number
}

export interface Summary {
  title: string
  /** One sentence or two with the main figures; also what a screen reader hears. */
  sentence: string
  /** Kinds of tokens. */
  groups: Entry[]
  /** A word's tokens one by one, where it is read. */
  parts: Entry[]
  /** Words with the largest shares; empty where no word takes part. */
  words: Entry[]
  patches: Entry[]
}

const LISTED = 4
const MOST_PARTS = 12

/** A reading in words and figures. @param subject null: all queries of the asking kind, averaged */
export function summarise(
  reading: Reading,
  sequence: JointSequence,
  words: Word[],
  asking: Asking,
  subject: Subject | null,
  parts: Entry[] = [],
): Summary {
  const entry = (name: string, at: number[]): Entry => ({ name, ...share(reading, at) })
  const groups = sequence.groups
    .map(({ name, at }) => entry(name, at))
    .filter(({ value }) => !Number.isNaN(value))
  const wordEntries = words.map(({ text, tokens }) =>
    entry(
      `“${text}”`,
      tokens.map((token) => sequence.image + token),
    ),
  )
  const patchEntries = Array.from({ length: sequence.image }, (_, patch) =>
    entry(patchName(patch, sequence.grid.columns), [patch]),
  )
  const lists = {
    groups: groups.length > 1 ? groups : [], // one alone is in the sentence
    words: largest(wordEntries),
    patches: largest(patchEntries),
  }
  const sentence =
    reading.kind === 'reads' ? spends(reading, sequence, lists) : gets(reading, sequence, asking, lists)
  return { title: titleOf(reading, sequence, asking, subject), sentence, parts, ...lists }
}

function titleOf(
  { kind }: Reading,
  { grid }: JointSequence,
  asking: Asking,
  subject: Subject | null,
): string {
  if (!subject)
    return asking === 'image' ? 'What patches read, on average' : 'What text tokens read, on average'
  const name =
    subject.kind === 'patch' ? `The patch at ${patchName(subject.patch, grid.columns)}` : `“${subject.name}”`
  return kind === 'reads' ? `${name} reads` : `${name}, read by the ${asking}`
}

function spends(
  reading: Reading,
  { image, total }: JointSequence,
  { words, patches }: Pick<Summary, 'words' | 'patches'>,
): string {
  const range = (from: number, to: number) =>
    share(
      reading,
      Array.from({ length: to - from }, (_, i) => from + i),
    )
  const [onImage, onText] = [range(0, image), range(image, total)]
  const most = [patches[0] && `the patch at ${named(patches[0])}`, words[0] && `the word ${named(words[0])}`]
  return `${formatShare(onImage.value)} on the image (uniform ${formatShare(onImage.uniform)}), ${formatShare(onText.value)} on the text (uniform ${formatShare(onText.uniform)}). Most read: ${most.filter(Boolean).join(', and ')}.`
}

function gets(
  reading: Reading,
  sequence: JointSequence,
  asking: Asking,
  { words, patches }: Pick<Summary, 'words' | 'patches'>,
): string {
  const [start, end] = queriesOf(sequence, asking)
  const mean = share(
    reading,
    Array.from({ length: end - start }, (_, i) => start + i),
  )
  const who = asking === 'image' ? 'A patch' : 'A text token'
  const most = asking === 'image' ? patches[0] : words[0]
  return `${who} spends ${formatShare(mean.value)} on it on average, ${formatRatio(mean.value / mean.uniform)} the uniform ${formatShare(mean.uniform)}.${most ? ` Most: ${named(most)}.` : ''}`
}

function named({ name, value, uniform }: Entry): string {
  return `${name} with ${formatShare(value)} (${formatRatio(value / uniform)})`
}

function largest(entries: Entry[]): Entry[] {
  return entries
    .filter(({ value }) => !Number.isNaN(value))
    .sort((a, b) => b.value - a.value)
    .slice(0, LISTED)
}

/** What one subject has of another's reading, as a phrase; null where it takes no part. */
export function hereOf(reading: Reading, sequence: JointSequence, here: Subject): string | null {
  const name = here.kind === 'patch' ? patchName(here.patch, sequence.grid.columns) : `“${here.name}”`
  const entry = { name, ...share(reading, positions(sequence, here)) }
  return Number.isNaN(entry.value) ? null : named(entry)
}

/** Of several tokens that are read together, what each gets of a query on average. */
export function partsOf(
  weights: Float32Array,
  sequence: JointSequence,
  asking: Asking,
  subject: Subject | null,
): Entry[] {
  if (subject?.kind !== 'text' || asking !== 'image' || subject.tokens.length > MOST_PARTS) return []
  const [start, end] = queriesOf(sequence, asking)
  const queries = Array.from({ length: end - start }, (_, i) => start + i)
  return subject.tokens.map((token) => {
    const { encoder, piece } = sequence.text[token]
    const one = readingOf(weights, sequence, asking, { ...subject, tokens: [token] })
    return { name: `${encoder === 'clip' ? 'CLIP' : 'T5'} ${piece}`, ...share(one, queries) }
  })
}
