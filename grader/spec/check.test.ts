import { expect, it } from 'vitest'
import { expectEqual } from './check.ts'

it('shows an answer that is no plain data', () => {
  expect(() => expectEqual(() => 4, 4, 'steps')).toThrow('steps: expected 4, received [Function')
})
