import { afterEach, describe, expect, it, vi } from 'vitest'
import { ArgumentError } from '../errors.ts'
import { countOption, numberOption, parseOptions, runCommand } from './command.ts'

describe('a number option', () => {
  it.each([
    ['28', 28],
    ['-1.5', -1.5],
    [undefined, undefined],
  ])('%s is %s', (text, value) => {
    expect(numberOption('guidance', text)).toBe(value)
  })

  it.each(['', ' ', 'seven', '7px', 'Infinity'])('"%s" is refused and quoted', (text) => {
    expect(() => numberOption('guidance', text)).toThrow(`--guidance is "${text}".`)
  })

  it.each(['0', '-3', '2.5'])('that counts: %s is refused', (text) => {
    expect(countOption('repeats', '5')).toBe(5)
    expect(() => countOption('repeats', text)).toThrow(/--repeats is .*\nPass a whole number, at least 1/)
  })
})

it('an unknown option is refused in one line, with the usage in the next', () => {
  const parsing = () =>
    parseOptions({ args: ['--promt', 'x'], options: { prompt: { type: 'string' } } }, 'USAGE')
  expect(parsing).toThrow(ArgumentError)
  expect(parsing).toThrow(/^Unknown option '--promt'\.\nUsage: USAGE$/)
})

describe('a command', () => {
  const exitCode = process.exitCode
  afterEach(() => {
    process.exitCode = exitCode
    vi.restoreAllMocks()
  })

  it.each([
    [undefined, 0],
    [1, 1],
  ])('that returns %s exits with %i', async (result, code) => {
    await runCommand(async () => result)
    expect(process.exitCode).toBe(code)
  })

  it('that refuses its arguments exits with 2 and prints two lines, without a stack', async () => {
    const print = vi.spyOn(console, 'error').mockReturnValue()
    await runCommand(async () => {
      throw new ArgumentError('what was wrong', 'what to do')
    })
    expect(process.exitCode).toBe(2)
    expect(print.mock.calls).toEqual([['what was wrong\nwhat to do']])
  })
})
