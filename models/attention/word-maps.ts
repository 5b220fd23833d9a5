import type { Tensor } from '#harness'
import type { CaptionWord, Reader } from './caption-words.ts'

/** Who asks: image patches that look at words, or words that look at image patches. */
export const directions = ['image to text', 'text to image'] as const
export type Direction = (typeof directions)[number]

/**
 * How strongly each word and each image patch are joined in one block: joint attention probabilities, the mean over
 * the heads, the sum over the word's tokens.
 * @param attention [1, heads, tokens, tokens], rows are queries, image tokens first
 * @returns a map for every word [words][patches]
 */
export function wordMaps(
  { dims, data }: Tensor,
  words: readonly CaptionWord[],
  reader: Reader,
  direction: Direction,
  patches: number,
): Float64Array[] {
  const [, heads, tokens] = dims
  return words.map((word) => {
    const map = new Float64Array(patches)
    for (const token of word.tokens[reader]) {
      const text = patches + token
      for (let head = 0; head < heads; head++) {
        const start = head * tokens * tokens
        for (let patch = 0; patch < patches; patch++) {
          const [query, key] = direction === 'image to text' ? [patch, text] : [text, patch]
          map[patch] += data[start + query * tokens + key] / heads
        }
      }
    }
    return map
  })
}

/** What a map shows: attention as it is, what it has above the mean of all words, or its share of what all words have. */
export const measures = ['attention', 'excess', 'share'] as const
export type Measure = (typeof measures)[number]

/**
 * A patch that looks much at any text, or is looked at by any, has large values in the maps of all words. `excess` and
 * `share` take that away. Held against the other words rather than an empty caption, since that has no words to compare
 * with, only marks and padding.
 * @param maps of all words of a caption
 */
export function measured(maps: readonly Float64Array[], measure: Measure): readonly Float64Array[] {
  if (measure === 'attention') return maps
  const sums = maps[0].map((_, patch) => maps.reduce((total, map) => total + map[patch], 0))
  return maps.map((map) =>
    map.map((value, patch) =>
      measure === 'share' ? value / sums[patch] : value - sums[patch] / maps.length,
    ),
  )
}
