import { join } from 'node:path'
import { loadTokenizer, type PromptTokenizer } from '#harness'

/** Whose tokens: the two CLIPs share theirs, side by side. */
export const readers = ['clip', 't5', 'both'] as const
export type Reader = (typeof readers)[number]

/** A word of a caption, and where its tokens stand among the text tokens. */
export interface CaptionWord {
  start: number
  end: number
  tokens: Record<Reader, number[]>
}

/** Tells which tokens of SD3's text come from which word: CLIP's come first, then T5's. */
export class CaptionReader {
  private readonly clip: PromptTokenizer
  private readonly t5: PromptTokenizer

  static async open(folder: string): Promise<CaptionReader> {
    return new CaptionReader(
      await loadTokenizer(join(folder, 'tokenizer')),
      await loadTokenizer(join(folder, 'tokenizer_3')),
    )
  }

  private constructor(clip: PromptTokenizer, t5: PromptTokenizer) {
    this.clip = clip
    this.t5 = t5
  }

  /** @param textTokens how many there are of both */
  words(caption: string, textTokens: number): CaptionWord[] {
    const first = this.clip.maxLength
    const places = {
      clip: this.clip.origins(caption).map((origin, i) => ({ origin, token: i })),
      t5: this.t5.origins(caption, textTokens - first).map((origin, i) => ({ origin, token: first + i })),
    }
    return [...caption.matchAll(/\p{L}+/gu)].map(({ 0: word, index }) => {
      const end = index + word.length
      const tokensOf = (reader: 'clip' | 't5') =>
        places[reader].flatMap(({ origin, token }) =>
          origin.kind === 'text' && origin.start < end && index < origin.end ? [token] : [],
        )
      const [clip, t5] = [tokensOf('clip'), tokensOf('t5')]
      return { start: index, end, tokens: { clip, t5, both: [...clip, ...t5] } }
    })
  }
}

/**
 * Which of a caption's words name a thing.
 * @throws Error when the caption does not name it so, once
 */
export function wordsNaming(
  { colour, kind }: { colour: string; kind: string },
  caption: string,
  words: readonly CaptionWord[],
): { colour: number; noun: number } {
  const phrase = `${colour} ${kind}`
  const start = caption.indexOf(phrase)
  if (start < 0 || caption.includes(phrase, start + 1))
    throw new Error(`"${caption}" does not name "${phrase}" once.`)
  const wordAt = (index: number) => words.findIndex((word) => word.start === index)
  return { colour: wordAt(start), noun: wordAt(start + colour.length + 1) }
}
