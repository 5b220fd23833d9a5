import { describe, expect, it } from 'vitest'
import { expectEqual } from './check.ts'

describe('expectEqual', () => {
  it('takes an instance, or an object without prototype, for its fields, as a graded run does', () => {
    class Line {
      readonly steps = 4
    }
    const bare = Object.assign(Object.create(null) as object, { steps: 4 })
    for (const answer of [new Line(), bare]) {
      expect(() => expectEqual([answer], [{ steps: 4 }], 'lines')).not.toThrow()
      expect(() => expectEqual([answer], [{ steps: 5 }], 'lines')).toThrow('lines[0].steps: expected 5')
    }
  })

  it('shows an answer that is no plain data', () => {
    expect(() => expectEqual(() => 4, 4, 'steps')).toThrow('steps: expected 4, received [Function')
  })
})
