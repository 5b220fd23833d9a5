import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { claims } from './claims/index.ts'
import { readProse, type Prose } from './prose.ts'
import { placesOf, type Claim } from './said.ts'

describe.each(Object.entries(claims))('%s', (path, claimed) => {
  it('has no number that nobody computes', async () => {
    expect(unclaimed(readProse(await readFile(path, 'utf8')), claimed)).toEqual([])
  })

  it('says what is computed', async () => {
    const prose = readProse(await readFile(path, 'utf8'))
    const unsaid = claimed.filter((claim) => placesOf(claim, prose).length === 0)
    expect(unsaid.map(({ words }) => words)).toEqual([])
  })
})

/** Each number that no claim covers, with the words around it. */
function unclaimed(prose: Prose, claimed: readonly Claim[]): string[] {
  const places = claimed.flatMap((claim) => placesOf(claim, prose))
  const isClaimed = ([start, end]: [number, number]) =>
    places.some(([from, to]) => from <= start && end <= to)
  return prose.numbers
    .filter((number) => !isClaimed(number))
    .map(([start, end]) => {
      const around = prose.text.slice(Math.max(0, start - 50), end + 30).replaceAll('\n', ' ⏎ ')
      return `${prose.text.slice(start, end)} in "${around}"`
    })
}
