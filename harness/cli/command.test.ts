import { writeFile } from 'node:fs/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ArgumentError } from '../errors.ts'
import { countOption, numberOption, parseOptions, runCommand } from './command.ts'
import { usageLine } from './usage.ts'

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
  expect(parsing).toThrow(/^Unknown option '--promt'\. The nearest is --prompt\.\nUsage: USAGE$/)
})

it('an option that resembles none is refused without a guess', () => {
  const parsing = () => parseOptions({ args: ['--xyz'], options: { prompt: { type: 'string' } } }, 'USAGE')
  expect(parsing).toThrow(/^Unknown option '--xyz'\.\nUsage: USAGE$/)
})

it('a value that looks like an option is refused in two lines that say how it is written', () => {
  const options = { seed: { type: 'string' } } as const
  expect(() => parseOptions({ args: ['--seed', '-1'], options }, 'USAGE')).toThrow(
    /^Option '--seed' argument is ambiguous\. A value .* is written --seed=-1\.\nUsage: USAGE$/,
  )
  expect(() => parseOptions({ args: ['--seed', '2', '--seed', '-a b'], options }, 'USAGE')).toThrow(
    / is written --seed="-a b"\.\n/,
  )
})

it('an option is called by its long name, whatever else parseArgs calls it', () => {
  expect(() => parseOptions({ args: ['--help=3'] }, 'USAGE')).toThrow(
    /^Option '--help' does not take an argument\.\nUsage/,
  )
  expect(() => parseOptions({ args: ['--seed'], options: { seed: { type: 'string' } } }, 'USAGE')).toThrow(
    /^Option '--seed' argument missing\.\nUsage/,
  )
})

it.each([
  ['a. b', "Unexpected argument 'a. b'."],
  ['a. B', "Unexpected argument 'a. B'."],
  ['a.\nDid', "Unexpected argument 'a. Did'."],
])('%j is quoted whole, in one line', (arg, first) => {
  expect(() => parseOptions({ args: [arg] }, 'USAGE')).toThrow(`${first}\nUsage: USAGE`)
})

it('what a command cannot do without stands in its usage without brackets', () => {
  const options = {
    prompt: { type: 'string', takes: 'TEXT', required: true, does: 'what' },
    seed: { type: 'string', takes: 'N', does: 'the noise' },
  } as const
  expect(usageLine('npm run x', { options })).toBe('npm run x -- --prompt TEXT [--seed N]')
})

it('the usage lists operands and described options, and a dot in what came is no end of a sentence', () => {
  const options = {
    seed: { type: 'string', takes: 'N', does: 'the noise' },
    fresh: { type: 'boolean', does: 'again' },
  } as const
  expect(() => parseOptions({ args: ['a.html'], options }, 'npm run x')).toThrow(
    /^Unexpected argument 'a\.html'\..*\nUsage: npm run x -- \[--seed N\] \[--fresh\]$/,
  )
  expect(() => parseOptions({ args: ['--no'], operands: 'FILE', options }, 'npm run x')).toThrow(
    /\nUsage: npm run x -- FILE \[--seed N\] \[--fresh\]$/,
  )
  expect(usageLine('npx tsx x.ts', { options })).toBe('npx tsx x.ts [--seed N] [--fresh]')
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

  it('that meets a path which cannot be written exits with 2 and two lines, without a stack', async () => {
    const print = vi.spyOn(console, 'error').mockReturnValue()
    await runCommand(() => writeFile('harness', 'a folder'))
    expect(process.exitCode).toBe(2)
    expect(print.mock.calls).toEqual([[expect.stringMatching(/^\S*harness is a folder.*\n.+$/)]])
  })

  it('that is asked for help prints what it does, its options and their defaults, and exits with 0', async () => {
    const print = vi.spyOn(console, 'log').mockReturnValue()
    await runCommand(async () => {
      const options = { out: { type: 'string', takes: 'DIR', default: 'out', does: 'where to' } } as const
      parseOptions({ args: ['--help'], does: 'Draws.', options }, 'npm run x')
      return 1
    })
    expect(process.exitCode).toBe(0)
    const [[text]] = print.mock.calls as [[string]]
    expect(text).toMatch(
      /^Usage: npm run x -- \[--out DIR\]\n\nDraws\.\n\n {2}--out DIR +where to; default out\n/,
    )
  })
})
