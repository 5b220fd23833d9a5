import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { claims, written } from './claims/index.ts'
import { documents } from './kit-files.ts'
import { readProse, type Prose, type Span } from './prose.ts'
import { placesOf } from './said.ts'

describe.each(Object.entries(claims))('%s', (path, claimed) => {
  const read = once(async () => {
    const prose = readProse(await readFile(path, 'utf8'))
    return { prose, places: claimed.map((claim) => placesOf(claim, prose)) }
  })

  it('has no number that nobody computes', async () => {
    const { prose, places } = await read()
    expect(unclaimed(prose, places.flat())).toEqual([])
  })

  it('says what is computed', async () => {
    const { places } = await read()
    expect(claimed.filter((_, i) => places[i].length === 0).map(({ words }) => words)).toEqual([])
  })
})

it('no document is left out', async () => {
  const known = [...Object.keys(claims), ...Object.keys(written)]
  expect(known.sort()).toEqual(await documents())
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
