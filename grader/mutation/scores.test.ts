import { describe, expect, it } from 'vitest'
import type { Mutation } from './run-stryker.ts'
import { complaints, percentage, score } from './scores.ts'

const source = 'const half = (n: number) =>\n  n / 2\n'
const mutant = (status: Mutation['status'], replacement: string): Mutation => ({
  status,
  replacement,
  mutatorName: 'ArithmeticOperator',
  location: { start: { line: 2, column: 3 }, end: { line: 2, column: 8 } },
})
const reviewed = {
  exercise: '01',
  line: 'n / 2',
  mutator: 'ArithmeticOperator',
  replacement: 'n*2',
  reason: 'Halves nothing.',
}

describe('score', () => {
  const mutants = [
    mutant('Killed', 'n'),
    mutant('Timeout', 'n()'),
    mutant('Survived', 'n * 2'),
    mutant('CompileError', ''),
  ]

  it('counts endless mutants as killed, and leaves out those that never ran', () => {
    const scored = score('01', { source, mutants }, 1, [reviewed])
    expect(scored).toMatchObject({ killed: 2, timedOut: 1, total: 3 })
    expect(percentage(scored)).toBeCloseTo(66.67, 2)
  })

  it('quotes a survivor and says why it may survive', () => {
    const [survivor] = score('01', { source, mutants }, 1, [reviewed]).survivors
    expect(survivor).toEqual({
      line: 2,
      code: 'n / 2',
      mutator: 'ArithmeticOperator',
      original: 'n / 2',
      replacement: 'n * 2',
      reason: 'Halves nothing.',
    })
  })
})

describe('complaints', () => {
  it('are made about a low score, an unexplained survivor and a stale explanation', () => {
    const survived = score('01', { source, mutants: [mutant('Survived', 'n * 2')] }, 1, [])
    expect(complaints(survived, 95)).toEqual([
      '01: 0.0 % of mutants are killed, expected 95 %.',
      '01: nobody has explained the ArithmeticOperator of line 2: n / 2',
    ])
    const killed = score('01', { source, mutants: [mutant('Killed', 'n * 2')] }, 1, [reviewed])
    expect(complaints(killed, 95)).toEqual([
      '01: explained.ts explains a ArithmeticOperator that does not survive: n / 2',
    ])
  })

  it('are not made about explained survivors', () => {
    const mutants = [...Array<Mutation>(19).fill(mutant('Killed', 'n')), mutant('Survived', 'n * 2')]
    expect(complaints(score('01', { source, mutants }, 1, [reviewed]), 95)).toEqual([])
  })
})
