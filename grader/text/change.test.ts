import { expect, it } from 'vitest'
import { change } from './change.ts'

it('a last digit rounded the other way is no change', () => {
  expect(change('mass 0.750, at 11.0', 'mass 0.751, at 10.9')).toBeNull()
})

it('a number farther off is a change, and so is another count or word', () => {
  expect(change('mass 0.750', 'mass 0.752')).toContain('0.752')
  expect(change('5 blocks', '6 blocks')).not.toBeNull()
  expect(change('mass 0.750', 'mass 0.75')).not.toBeNull()
  expect(change('image 1', 'text 1')).not.toBeNull()
  expect(change('', 'mass 0.750')).not.toBeNull()
})
