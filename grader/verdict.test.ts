import { describe, expect, it } from 'vitest'
import type { SpecFailure } from './run/failure.ts'
import type { SpecResult } from './run/collector.ts'
import { judge } from './verdict.ts'

const spec = (
  title: string,
  failure: Partial<SpecFailure> | null,
  state?: SpecResult['state'],
): SpecResult => ({
  exercise: 'e',
  task: 't',
  subject: '',
  title,
  state: state ?? (failure ? 'failed' : 'passed'),
  failure: failure && {
    name: 'Error',
    code: undefined,
    task: undefined,
    message: 'why',
    frames: [],
    ...failure,
  },
  durationMs: 1.4,
  attachments: [],
  output: '',
})

describe('judge', () => {
  it('passes a task only when every spec ran and passed', () => {
    expect(judge('t', [spec('a', null), spec('b', null)])).toMatchObject({ status: 'pass', durationMs: 3 })
    expect(judge('t', [spec('a', null), spec('b', { name: 'AssertionError' })])).toMatchObject({
      status: 'fail',
    })
  })

  it.each([
    ['no spec ran', []],
    ['a spec was skipped', [spec('a', null), spec('b', null, 'skipped')]],
    ['a spec did not finish', [spec('a', null), spec('b', null, 'pending')]],
    ['a spec ran twice', [spec('a', null), spec('a', null)]],
  ])('calls the task invalid when %s', (_, specs) => {
    expect(judge('t', specs)).toMatchObject({ status: 'invalid' })
  })

  it('a failed spec without an error is no pass', () => {
    expect(judge('t', [spec('a', null, 'failed')])).toMatchObject({ status: 'error' })
  })

  it.each([
    [{ name: 'AssertionError' }, 'fail'],
    [{ name: 'SubmissionError', code: 'NOT_PLAIN_DATA' }, 'fail'],
    [{ name: 'TypeError' }, 'error'],
    [{ name: 'SandboxError', code: 'CRASH' }, 'error'],
    [{ name: 'SandboxError', code: 'TIMEOUT' }, 'timeout'],
    [{ message: 'Test timed out in 120000ms.' }, 'timeout'],
    [{ name: 'TodoError', code: 'TODO', task: 't' }, 'not-attempted'],
    [{ name: 'TodoError', code: 'TODO', task: 'another' }, 'blocked'],
    [{ name: 'SandboxError', code: 'NO_FILE' }, 'not-attempted'],
    [{ name: 'passed', code: 'PASS' }, 'error'],
  ] as const)('reads %o as %s', (failure, status) => {
    expect(judge('t', [spec('a', failure)])).toMatchObject({ status })
  })

  it('reports a mistake before what is still to do', () => {
    const todo = spec('a', { code: 'TODO', task: 't' })
    const wrong = spec('b', { name: 'AssertionError', message: 'expected 6, received 1.' })
    expect(judge('t', [todo, wrong])).toMatchObject({ status: 'fail', message: 'expected 6, received 1.' })
  })
})
