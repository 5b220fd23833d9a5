/** What a token stands for: a stretch of the prompt, a mark of the sequence's start or end, or padding. */
export type TokenOrigin =
  | { kind: 'text'; start: number; end: number } // prompt.slice(start, end)
  | { kind: 'start' | 'end' | 'padding' }

/** Runs of letters, single digits and runs of signs: what CLIP's tokenizer cuts a prompt into. */
const WORDS = /[\p{L}\p{M}]+|\p{N}|[^\s\p{L}\p{M}\p{N}]+/gu

/**
 * Where in a prompt its tokens come from, at the grain of words: the tokens of one word share its stretch, and words
 * that the tokenizer does not keep apart share theirs.
 *
 * The tokenizer library gives no offsets. So each word's end is tried as the end of the prompt: where the ids up to
 * there begin the ids of the whole, the tokenizer cuts there as well.
 * @param ids the ids of a text, without special tokens
 */
export function textOrigins(prompt: string, ids: (text: string) => number[]): TokenOrigin[] {
  const whole = ids(prompt)
  const origins: TokenOrigin[] = []
  const words = [...prompt.matchAll(WORDS)]
  let start: number | undefined
  let last: { kind: 'text'; start: number; end: number } | undefined
  for (const [i, { 0: word, index }] of words.entries()) {
    start ??= index
    const end = index + word.length
    const isLast = i === words.length - 1
    const known = isLast ? whole : ids(prompt.slice(0, end))
    if (!isLast && !known.every((id, at) => id === whole[at])) continue // the cut changed the tokens before it
    // No new token: T5 writes several unknown words as one.
    if (last && known.length <= origins.length) last.end = end
    else last = { kind: 'text', start, end }
    while (origins.length < known.length) origins.push(last)
    start = undefined
  }
  return origins
}
