import { Project, SyntaxKind } from 'ts-morph'
import { describe, expect, it } from 'vitest'
import { readProse } from './prose.ts'
import { anything, given, isSaid, placesOf, said, seen } from './said.ts'

const claimedIn = (markdown: string, claim: ReturnType<typeof said>) => {
  const prose = readProse(markdown)
  return placesOf(claim, prose).map(([start, end]) => prose.text.slice(start, end))
}

describe('a claim', () => {
  it('is found wherever its words stand, over the ends of lines', () => {
    expect(claimedIn('It has 24\nblocks. **All 24 blocks** are', said`${24} blocks`)).toEqual(['24', '24'])
  })

  it('is not found with another number', () => {
    expect(claimedIn('It has 24 blocks.', said`has ${25} blocks`)).toEqual([])
  })

  it('never takes a part of a number for the whole', () => {
    expect(claimedIn('512 tokens', said`${12} tokens`)).toEqual([])
    expect(claimedIn('the share 0.750', said`the share ${0.75}`)).toEqual([])
    expect(claimedIn('1,859 tensors', said`${859} tensors`)).toEqual([])
    expect(claimedIn('fourteen rows', said`${'four'}teen rows`)).toEqual([])
  })

  it('says nothing of numbers among any words', () => {
    expect(claimedIn('| `task` | 10 steps | 4 |', said`| \`task\` | ${anything} | ${4} |`)).toEqual(['4'])
  })

  it('may hold what a sentence chooses, but only as a value', () => {
    expect(claimedIn('a size of 512', said`a size of ${given(512)}`)).toEqual(['512'])
    expect(() => said`24 blocks`).toThrow('should be a value')
    expect(() => said`four quadrants`).toThrow('should be a value')
    expect(said`T5's rows of \`block_0\`, ${7}`.words).toBe("T5's rows of `block_0`, 7")
  })

  it('may be of words alone, which are there or not', () => {
    const claim = said`read above their share, by both`
    expect(isSaid(claim, readProse('Image tokens are **read above\ntheir share**, by both.'))).toBe(true)
    expect(isSaid(claim, readProse('Image tokens are read below their share, by both.'))).toBe(false)
  })

  it('needs words to be found by', () => {
    expect(() => said`${1} ${2}`).toThrow('too few words')
  })
})

describe('what was seen', () => {
  const text = 'By eye it is there at **10\nsteps**, σ = 0.5; more sharpen it. Then 20.\n\nBy eye, at 7'

  it('is every sentence that begins so, to its end, with all its numbers', () => {
    expect(claimedIn(text, seen('picture.png', 'By eye'))).toEqual([
      'By eye it is there at 10 steps, σ = 0.5; more sharpen it.',
      'By eye, at 7',
    ])
  })

  it('is not there when no sentence begins so', () => {
    expect(isSaid(seen('picture.png', 'In the picture'), readProse(text))).toBe(false)
  })
})

it('no claim types its number into the place of a value', () => {
  const project = new Project({ useInMemoryFileSystem: false, skipAddingFilesFromTsConfig: true })
  const files = project.addSourceFilesAtPaths('grader/text/claims/*.ts')
  expect(files.length).toBeGreaterThan(4)
  const typed = files.flatMap((file) =>
    file
      .getDescendantsOfKind(SyntaxKind.TaggedTemplateExpression)
      .filter((tagged) => tagged.getTag().getText() === 'said')
      .flatMap((tagged) => tagged.getDescendantsOfKind(SyntaxKind.TemplateSpan))
      .map((span) => span.getExpression())
      .filter((value) => /^(Numeric|String)Literal|NoSubstitutionTemplate/.test(value.getKindName()))
      .map((value) => `${file.getBaseName()}:${value.getStartLineNumber()} ${value.getText()}`),
  )
  expect(typed).toEqual([])
})
