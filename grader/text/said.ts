import { numbersIn, WORDS, type Prose, type Span } from './prose.ts'

const SMALL = 'one|two|three'

/** Words of a document whose every number is computed. */
export interface Claim {
  /** As it should read, for messages. */
  words: string
  /** Finds it; each group is a value. */
  pattern: RegExp
  /** Finds the same words with other numbers, but for those that are given. Each group is a value. */
  loose: RegExp
  /** What each group should be. */
  shown: string[]
  /** False when what the words say was measured and is not so. */
  holds?: boolean
  /** Which picture to look at, when no program can tell whether the words are so. */
  picture?: string
}

/** A number that nobody can compute: what a sentence assumes or chooses, or what another document says. */
export class Given {
  readonly shown: string

  constructor(shown: string) {
    this.shown = shown
  }
}

/** Any words up to the end of the line; numbers among them are for another claim. */
export const anything = Symbol('anything')

export type Value = number | string | Given | typeof anything

/** What a sentence assumes or chooses for itself: a size in an example, a recommendation. */
export const given = (value: number | string): Given => new Given(String(value))

/** What another document says, right or wrong. @param _source which document, for whoever reads the claim */
export const quoted = (value: number | string, _source: string): Given => new Given(String(value))

/**
 * Claims that a document says these words with these numbers. The words themselves hold no number: each comes as a
 * value, and a value is computed, measured, `given` or `quoted`.
 * @example said`${blocks} blocks of ${grouped(parameters)} parameters`
 * @throws Error when a number is typed into the words, or when they are too few to find a place by
 */
export function said(parts: TemplateStringsArray, ...values: Value[]): Claim {
  const words = parts.map((part) => part.replaceAll(/\s+/g, ' '))
  const typed = words.flatMap((part) => numbersIn(part).map(([start, end]) => part.slice(start, end)))
  if (typed.length > 0) throw new Error(`"${words.join('…')}": ${typed.join(', ')} should be a value.`)
  const names = values.filter((value) => typeof value === 'string')
  if ([...words, ...names].join('').replaceAll(/[^\p{L}]/gu, '').length < 3)
    throw new Error(`"${words.join('…')}" has too few words of its own.`)
  const pattern = (group: (value: Exclude<Value, typeof anything>) => string) => {
    const groups = values.map((value) => (value === anything ? '[^\\n]*?' : `(${group(value)})`))
    return new RegExp(
      words.map((part, i) => escape(part).replaceAll(' ', '\\s') + (groups[i] ?? '')).join(''),
      'dgiu',
    )
  }
  const shown = values.map((value) => (value === anything ? '…' : show(value)))
  return {
    words: words.map((part, i) => part + (shown[i] ?? '')).join(''),
    pattern: pattern((value) => escape(show(value))),
    loose: pattern((value) => (value instanceof Given ? escape(value.shown) : withAnyNumbers(show(value)))),
    shown: shown.filter((_, i) => values[i] !== anything),
  }
}

/** A claim whose words say more than its numbers: which is larger, which comes first. @param holds whether it is so */
export function when(holds: boolean, claim: Claim): Claim {
  return { ...claim, holds }
}

/**
 * Claims sentences that say what was seen in a picture. No program can tell whether they are so: only the document holds
 * them, and somebody looks again when the weights have changed. A number in them that is computed needs a claim besides.
 * @param picture a file that look.ts leaves, or one of the kit's
 * @param opening how each of the sentences begins, or the part of one that describes
 * @example seen('03-flow-matching-steps/step-counts.png', 'By eye the cat')
 */
export function seen(picture: string, opening: string): Claim {
  const pattern = new RegExp(
    `(${escape(opening).replaceAll(' ', '\\s')}[^\\n]*?(?:[.!?](?=\\s|$)|(?=\\n|$)))`,
    'dgiu',
  )
  return { words: `${opening} …`, pattern, loose: pattern, shown: [], picture }
}

/** Where the values of a claim stand, wherever its words do; a match that cuts a number in two is none. */
export function placesOf({ pattern }: Claim, prose: Prose): Span[] {
  return matchesOf(pattern, prose).flat()
}

/** Whether a document says it; a claim may be of words alone. */
export function isSaid({ pattern }: Claim, prose: Prose): boolean {
  return matchesOf(pattern, prose).length > 0
}

/** Where the values of a claim stand, whatever numbers stand there: a list for each time that its words do. */
export function looseMatchesOf({ loose }: Claim, prose: Prose): Span[][] {
  return matchesOf(loose, prose)
}

function matchesOf(pattern: RegExp, { text, numbers }: Prose): Span[][] {
  const matches = [...text.matchAll(pattern)].map(({ indices }) => indices!.slice(1) as Span[])
  const cuts = ([start, end]: Span) =>
    numbers.some(([from, to]) => from < end && start < to && (from < start || end < to))
  return matches.filter((spans) => !spans.some(cuts))
}

/** Finds a value with any numbers in the places of its own; in words too, from one on. */
function withAnyNumbers(value: string): string {
  const spans = numbersIn(value)
  const ends = [0, ...spans.map(([, end]) => end)]
  const texts = ends.map((end, i) => escape(value.slice(end, spans[i]?.[0])))
  return texts.join(String.raw`(?:\d[\d.,]*\d|\d|${SMALL}|${WORDS})`)
}

function show(value: Exclude<Value, typeof anything>): string {
  return value instanceof Given ? value.shown : String(value)
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
