import { describe, expect, it } from 'vitest'
import { mended } from './mended.ts'
import { given, said, seen, when } from './said.ts'

const table = said`| reads image | ${'0.752'} | ${'0.435'} |`

describe('a document', () => {
  it('gets the numbers that its claims compute, and nothing else of it changes', () => {
    const before = '# Masses\n\n| quadrant | mass |\n| --- | ---: |\n| reads image | 0.750 | 0.435 |\n'
    const { markdown, changes, unmended } = mended(before, [table])
    expect(markdown).toBe(before.replace('0.750', '0.752'))
    expect(changes).toEqual(['0.750 → 0.752 in "| reads image | 0.752 | 0.435 |"'])
    expect(unmended).toEqual([])
  })

  it('gets them over the ends of lines, inside emphasis and behind code', () => {
    const before = 'The `a 7 b` **masks\nmore: 1,024 of\n[12](x.md)**, in words\nten times.'
    const claims = [said`masks more: ${'2,048'} of ${7}, in words ${'eleven'} times`]
    expect(mended(before, claims).markdown).toBe(
      'The `a 7 b` **masks\nmore: 2,048 of\n[7](x.md)**, in words\neleven times.',
    )
  })

  it('keeps what is right as it is', () => {
    const right = 'It reads 0.752, and Ten tokens.'
    const { markdown, changes } = mended(right, [said`reads ${'0.752'}`, said`and ${'ten'} tokens`])
    expect([markdown, changes]).toEqual([right, []])
  })

  it('lets several claims mend their own numbers', () => {
    const claims = [said`first ${3}`, said`second ${40}`, said`first ${3}, second ${40}`]
    expect(mended('first 100, second 2', claims).markdown).toBe('first 3, second 40')
  })
})

describe('left to a person is', () => {
  const unmended = (markdown: string, claim: ReturnType<typeof said>) => {
    const result = mended(markdown, [claim])
    expect([result.markdown, result.changes]).toEqual([markdown, []])
    return result.unmended
  }

  it('a claim whose words are not there, or there twice', () => {
    expect(unmended('It wrote 5 blocks.', said`It has ${4} blocks`)[0]).toContain('stands there 0 times')
    const twice = 'It has 5 blocks. It has 6 blocks.'
    expect(unmended(twice, said`It has ${4} blocks`)[0]).toContain('stands there 2 times')
  })

  it('a number that somebody chose or saw', () => {
    expect(unmended('a threshold of 4', said`a threshold of ${given(5)}`)).toHaveLength(1)
    expect(unmended('a cat after step 4.', seen('film.png', 'a cat after'))).toEqual([])
    expect(unmended('a dog after step 4.', seen('film.png', 'a cat after'))).toHaveLength(1)
  })

  it('a comparison that does not hold, its numbers right or not', () => {
    const claim = when(false, said`read above their share, ${'0.2'}`)
    expect(unmended('read above their share, 0.2', claim)[0]).toContain('is not so')
  })
})
