import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { tensor } from '#harness'
import { CaptionReader, wordsNaming, type CaptionWord } from './caption-words.ts'
import { openRenders } from './renders.ts'
import { measured, wordMaps } from './word-maps.ts'

const reader = await CaptionReader.open(fileURLToPath(new URL('../sd3-nano', import.meta.url)))

it('a word has tokens of CLIP before 77 and of T5 from there on, in the order of the words', () => {
  const caption = 'a red ball to the left of a blue cube'
  const words = reader.words(caption, 333)
  expect(words.map(({ start, end }) => caption.slice(start, end))).toEqual(caption.split(' '))
  for (const { tokens } of words) {
    expect(tokens.clip.length).toBeGreaterThan(0)
    expect(tokens.t5.length).toBeGreaterThan(0)
    expect(tokens.both).toEqual([...tokens.clip, ...tokens.t5])
  }
  const [clip, t5] = [words.flatMap(({ tokens }) => tokens.clip), words.flatMap(({ tokens }) => tokens.t5)]
  expect(clip).toEqual(clip.map((_, i) => 1 + i)) // behind CLIP's mark of the start
  expect(t5).toEqual(t5.map((_, i) => 77 + i))
})

it('every thing of the renders is named by its caption', async () => {
  for (const { caption, things } of await openRenders()) {
    const words = reader.words(caption, 333)
    for (const thing of things) {
      const { colour, noun } = wordsNaming(thing, caption, words)
      expect([colour, noun].map((at) => caption.slice(words[at].start, words[at].end))).toEqual([
        thing.colour,
        thing.kind,
      ])
    }
  }
})

it('a thing that a caption does not name, or names twice, is an error', () => {
  const words: CaptionWord[] = []
  expect(() => wordsNaming({ colour: 'red', kind: 'cat' }, 'a red ball', words)).toThrow('red cat')
  expect(() => wordsNaming({ colour: 'red', kind: 'cat' }, 'a red cat, a red cat', words)).toThrow('once')
})

/** Two heads, two patches, two text tokens; the value is head, row and column as digits. */
const attention = tensor(
  [1, 2, 4, 4],
  [0, 1].flatMap((head) =>
    [0, 1, 2, 3].flatMap((row) => [0, 1, 2, 3].map((column) => 100 * head + 10 * row + column)),
  ),
)
const word = (...tokens: number[]): CaptionWord => ({
  start: 0,
  end: 1,
  tokens: { clip: tokens, t5: [], both: tokens },
})

it('a map takes a word’s columns where patches ask, and its rows where the word asks: mean over heads, sum over tokens', () => {
  const words = [word(0), word(0, 1)]
  const asked = wordMaps(attention, words, 'clip', 'image to text', 2).map((map) => [...map])
  expect(asked).toEqual([
    [50 + 2, 50 + 12],
    [50 + 2 + 50 + 3, 50 + 12 + 50 + 13],
  ])
  const asking = wordMaps(attention, words, 'clip', 'text to image', 2).map((map) => [...map])
  expect(asking).toEqual([
    [50 + 20, 50 + 21],
    [50 + 20 + 50 + 30, 50 + 21 + 50 + 31],
  ])
})

it('a share is of all words at a patch, an excess is above their mean', () => {
  const maps = [Float64Array.of(1, 2), Float64Array.of(3, 2)]
  expect(measured(maps, 'share').map((map) => [...map])).toEqual([
    [1 / 4, 1 / 2],
    [3 / 4, 1 / 2],
  ])
  expect(measured(maps, 'excess').map((map) => [...map])).toEqual([
    [-1, 0],
    [1, 0],
  ])
  expect(measured(maps, 'attention')).toBe(maps)
})
