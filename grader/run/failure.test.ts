import { expect, it } from 'vitest'
import { messageOf } from './failure.ts'

it('an assertion speaks for itself, another error is named, and colours are taken out', () => {
  expect(messageOf({ name: 'AssertionError', message: '\u001b[31mexpected 1\u001b[0m' })).toBe('expected 1')
  expect(messageOf({ name: 'TypeError', message: 'x is not a function' })).toBe(
    'TypeError: x is not a function',
  )
})

it('a tensor spread over the arguments of a call is recognised by how it really fails', () => {
  const values = new Float32Array(1_000_000)
  try {
    Math.max(...values)
    expect.fail('Math.max took a million arguments.')
  } catch (error) {
    const { name, message } = error as Error
    expect(messageOf({ name, message })).toMatch(
      /^RangeError: Maximum call stack size exceeded\nLikely mistake: Math\.max/,
    )
  }
})
