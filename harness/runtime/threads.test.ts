import { afterEach, expect, it, vi } from 'vitest'
import { threadCount } from './threads.ts'

afterEach(() => vi.unstubAllEnvs())

it('SD3_THREADS is a whole number from 1, or left out', () => {
  vi.stubEnv('SD3_THREADS', undefined)
  expect([threadCount('2'), threadCount(''), threadCount()]).toEqual([2, undefined, undefined])
  vi.stubEnv('SD3_THREADS', '3')
  expect(threadCount()).toBe(3)
  for (const asked of ['abc', '0', '-3', '1.5'])
    expect(() => threadCount(asked)).toThrow(
      `SD3_THREADS is "${asked}".\nSet it to a whole number, at least 1`,
    )
})
