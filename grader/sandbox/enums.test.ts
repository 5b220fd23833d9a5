import { describe, expect, it } from 'vitest'
import { enumRefused } from './enums.ts'

const refusals = async (text: string) => (await enumRefused(text)).map((message) => message.text)

describe('an enum is refused, with its line', () => {
  it.each([
    ['\nenum A { a }', 2],
    ['export const enum /* { */ A {}', 1],
    ['// enum X {\nnamespace N { enum // A\n A { a } }', 2],
    ['const r = /"/; enum A { a } const s = /"/', 1],
    ['const t = `${1}`; enum A { a } const u = `}`', 1],
    ['declare enum A { a }', 1],
  ])('%j', async (text, line) => {
    expect(await refusals(text)).toEqual([`An exercise cannot declare an enum (line ${line}).`])
  })
})

describe('what only speaks of one is not', () => {
  it.each([
    '// an enum of {two}\n/* enum X { a } */\nexport const a = 1',
    'export const text = "enum X { a }" + `enum Y {`',
    'const of = { enum: 1 } // an enum of two',
  ])('%j', async (text) => {
    expect(await refusals(text)).toEqual([])
  })
})

it('is refused on suspicion where the text cannot be parsed, or not in time', async () => {
  const suspicion = ['This cannot be parsed, and may declare an enum (line 1).']
  expect(await refusals('// enum X {\n((')).toEqual(suspicion)
  const slow = `// enum X {\n${'async (a = '.repeat(60)}1${')'.repeat(60)}`
  expect(await refusals(slow)).toEqual(suspicion)
})

it('is looked for in time that grows with the text, not with its square', async () => {
  const startedAt = performance.now()
  expect(await refusals('//enum a\n'.repeat(28_000))).toEqual([])
  expect(performance.now() - startedAt).toBeLessThan(20_000) // It took 36 seconds.
})
