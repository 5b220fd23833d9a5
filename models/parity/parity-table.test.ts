import { expect, it } from 'vitest'
import type { ParityRow } from './judge-case.ts'
import { parityCells, parityMarkdown } from './parity-table.ts'

const row: ParityRow = {
  checkpoint: 'tiny',
  case: 'picture',
  output: 'picture',
  size: '32 × 32',
  seeds: 2,
  harness: Infinity,
  diffusers: 0.001,
  ratio: Infinity,
  harnessLargest: Infinity,
  diffusersLargest: 3,
  levels: { harness: Infinity, diffusers: 0.25 },
  magnitude: 100,
  pass: false,
  note: '1 values of the harness are not finite',
}

it('shows a row that is not finite alike before and after it was stored', () => {
  const stored = JSON.parse(JSON.stringify(row)) as ParityRow
  expect(parityCells(stored)).toEqual(parityCells(row))
  expect(parityCells(row).slice(4)).toEqual([
    'not finite',
    '1.00e-3',
    'not finite',
    'not finite levels, mean not finite',
    '3 levels, mean 0.25',
    '100',
    'FAIL',
  ])
  expect(parityMarkdown([stored])).toContain('- tiny, picture: 1 values of the harness are not finite.')
})
