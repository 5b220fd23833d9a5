import type { Word } from '../wire.ts'
import { formatRatio, formatShare, patchName } from './format.ts'
import type { JointSequence } from './joint-sequence.ts'
import { queriesOf, share, type Asking, type Reading, type Subject } from './reading.ts'

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
  /** Words with the largest shares; empty where no word takes part. */
  words: Entry[]
  patches: Entry[]
}

const LISTED = 5

/** A reading in words and figures. @param subject null: all queries of the asking kind, averaged */
export function summarise(
  reading: Reading,
  sequence: JointSequence,
  words: Word[],
  asking: Asking,
  subject: Subject | null,
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
  const lists = { groups, words: largest(wordEntries), patches: largest(patchEntries) }
  const sentence =
    reading.kind === 'reads' ? spends(reading, sequence, lists) : gets(reading, sequence, asking, lists)
  return { title: titleOf(reading, sequence, asking, subject), sentence, ...lists }
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
