import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { LatestOnly } from './latest-only.ts'

describe('work of which only the latest matters', () => {
  it('is stopped by what comes later, which waits for its end', async () => {
    const log: string[] = []
    const work = (name: string) => async (signal: AbortSignal) => {
      log.push(`${name} begins${signal.aborted ? ' stopped' : ''}`)
      if (name !== 'c' && !signal.aborted) await once(signal, 'abort')
      log.push(`${name} ends`)
    }
    const latest = new LatestOnly()
    const never = new AbortController().signal
    const runs = [latest.run(never, work('a'))]
    await Promise.resolve()
    runs.push(latest.run(never, work('b')), latest.run(never, work('c')))
    await Promise.all(runs)
    expect(log).toEqual(['a begins', 'a ends', 'b begins stopped', 'b ends', 'c begins', 'c ends'])
  })

  it('can be stopped from outside, by its own signal or all at once', async () => {
    const untilAborted = async (signal: AbortSignal) => void (await once(signal, 'abort'))
    const latest = new LatestOnly()
    const own = new AbortController()
    const first = latest.run(own.signal, untilAborted)
    await Promise.resolve()
    own.abort()
    await first
    const second = latest.run(new AbortController().signal, untilAborted)
    await Promise.resolve()
    await latest.stop()
    await second
  })
})
