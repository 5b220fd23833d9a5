import { describe, expect, it } from 'vitest'
import { readProse } from './prose.ts'

const numbers = (markdown: string) => {
  const { text, numbers: found } = readProse(markdown)
  return found.map(([start, end]) => text.slice(start, end))
}

describe('numbers in prose', () => {
  it('are digits of any writing', () => {
    expect(numbers('1,859 tensors, 72.5 % of 7,692,768,483; 2e-5 and −0.09, on 2026-11-24')).toEqual(
      ['1,859', '72.5', '7,692,768,483', '2e-5', '0.09', '2026-11-24'], //
    )
    expect(numbers('[16, 64, 64] at 512 × 512, 5× and 28-step')).toEqual(
      ['16', '64', '64', '512', '512', '5', '28'], //
    )
  })

  it('are words from four up', () => {
    expect(numbers('Thirteen stages, four quadrants, one of two or three')).toEqual(['Thirteen', 'four'])
    expect(numbers('often, weight, tenth, foursome')).toEqual([])
  })

  it('are not part of names', () => {
    expect(numbers('T5, SD3, SD3.5, v1.5, ViT-14, Stable Diffusion 3, sd3-nano, H100')).toEqual([])
  })

  it('stand in tables, headings, lists, links and beside pictures, not in code nor in arXiv’s numbers', () => {
    expect(numbers('# 1 a\n\n- 2\n\n> 3\n\n| 4 |\n| - |\n| **5** |\n\n![6](x.png) [7](y) ~~8~~\n')).toEqual(
      ['1', '2', '3', '4', '5', '6', '7', '8'], //
    )
    expect(
      numbers(
        '`9`\n\n    10\n\n```\n11\n```\n\n<b>x</b> [arXiv 2403.03206](https://arxiv.org/abs/2403.03206)',
      ),
    ).toEqual([])
    expect(numbers('1. first\n2. second')).toEqual([])
  })
})
