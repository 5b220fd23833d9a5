import { numbersIn, type Prose, type Span } from './prose.ts'

/** Words of a document whose every number is computed. */
export interface Claim {
  /** As it should read, for messages. */
  words: string
  /** Finds it; each group is a value. */
  pattern: RegExp
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
  const shown = values.map((value) => (value === anything ? '…' : show(value)))
  const names = values.filter((value) => typeof value === 'string')
  if ([...words, ...names].join('').replaceAll(/[^\p{L}]/gu, '').length < 3)
    throw new Error(`"${words.join('…')}" has too few words of its own.`)
  const groups = values.map((value) => (value === anything ? '[^\\n]*?' : `(${escape(show(value))})`))
  return {
    words: words.map((part, i) => part + (shown[i] ?? '')).join(''),
    pattern: new RegExp(
      words.map((part, i) => escape(part).replaceAll(' ', '\\s') + (groups[i] ?? '')).join(''),
      'dgiu',
    ),
  }
}

/** Where the values of a claim stand, wherever its words do; a match that cuts a number in two is none. */
export function placesOf({ pattern }: Claim, { text, numbers }: Prose): Span[] {
  const matches = [...text.matchAll(pattern)].map(({ indices }) => indices!.slice(1) as Span[])
  const cuts = ([start, end]: Span) =>
    numbers.some(([from, to]) => from < end && start < to && (from < start || end < to))
  return matches.filter((spans) => !spans.some(cuts)).flat()
}

function show(value: Exclude<Value, typeof anything>): string {
  return value instanceof Given ? value.shown : String(value)
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
