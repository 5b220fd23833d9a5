import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { areLookedAt, bundledWeights } from './bundled.ts'
import { claims, written } from './claims/index.ts'
import { documents } from './kit-files.ts'
import { readPrinted } from './printed.ts'
import { readProse, type Prose, type Span } from './prose.ts'
import { isSaid, placesOf } from './said.ts'

describe.each(Object.entries(claims))('%s', (path, made) => {
  const read = once(async () => {
    const claimed = typeof made === 'function' ? await made() : made
    const prose = readProse(await readFile(path, 'utf8'))
    return { claimed, prose }
  })

  it('has no number that nobody computes', async () => {
    const { claimed, prose } = await read()
    const places = claimed.flatMap((claim) => placesOf(claim, prose))
    expect(unclaimed(prose, places)).toEqual([])
  })

  it('says what is computed', async () => {
    const { claimed, prose } = await read()
    const unsaid = claimed.filter((claim) => claim.holds === false || !isSaid(claim, prose))
    const words = unsaid.map((claim) =>
      claim.holds === false ? `No longer so: ${claim.words}` : claim.words,
    )
    expect(words, 'npx tsx grader/text/mend.ts mends numbers').toEqual([])
  })

  it('describes what these weights draw', async () => {
    const { claimed } = await read()
    const pictured = claimed.filter(({ picture }) => picture !== undefined)
    const unseen = (await areLookedAt()) ? [] : pictured
    const toLookAt = unseen.map(({ picture, words }) => `${picture}: ${words}`)
    expect(toLookAt, 'npx tsx grader/text/look.ts draws the pictures and says what to do').toEqual([])
  })
})

it('no document is left out', async () => {
  const known = [...Object.keys(claims), ...Object.keys(written)]
  expect(known.sort()).toEqual(await documents())
})

it('what is quoted was printed with these weights', async () => {
  const { weights } = await readPrinted()
  expect(weights, 'npx tsx grader/text/measure.ts measures anew').toBe(await bundledWeights())
})

/** Each number that no place covers, with the words around it. */
function unclaimed({ text, numbers }: Prose, places: readonly Span[]): string[] {
  const isClaimed = ([start, end]: Span) => places.some(([from, to]) => from <= start && end <= to)
  return numbers
    .filter((number) => !isClaimed(number))
    .map(([start, end]) => {
      const around = text.slice(Math.max(0, start - 50), end + 30).replaceAll('\n', ' ⏎ ')
      return `${text.slice(start, end)} in "${around}"`
    })
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
