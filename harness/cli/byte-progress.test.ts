import { describe, expect, it } from 'vitest'
import { ByteProgress } from './byte-progress.ts'
import { formatBytes, formatSeconds } from './bytes.ts'

describe('the progress of a download', () => {
  const setup = (isTTY = true) => {
    const written: string[] = []
    const clock = { now: 0 }
    const out = { isTTY, write: (text: string) => written.push(text) > 0 }
    return { written, clock, progress: new ByteProgress(1e9, out, () => clock.now) }
  }

  it('gives the rate of the network, not of what was kept, and the time left', () => {
    const { progress, clock } = setup()
    progress.add(500e6, 'kept')
    clock.now = 60_000
    progress.add(20e6, 'fetched')
    expect(progress.text()).toBe('██████████░░░░░░░░░░  520.0 MB of 1.00 GB')
    clock.now = 62_000
    progress.add(80e6, 'fetched')
    expect(progress.text()).toBe('████████████░░░░░░░░  600.0 MB of 1.00 GB  50.0 MB/s  8 s left')
  })

  it('forgets the rate of long ago', () => {
    const { progress, clock } = setup()
    for (let second = 1; second <= 5; second++) {
      clock.now = second * 1000
      progress.add(100e6, 'fetched')
    }
    for (let second = 6; second <= 30; second++) {
      clock.now = second * 1000
      progress.add(1e6, 'fetched')
    }
    expect(progress.text()).toMatch(/ 1\.0 MB\/s /)
  })

  it('takes back what had to be thrown away', () => {
    const { progress } = setup()
    progress.add(300e6, 'fetched')
    progress.add(-300e6, 'kept')
    expect(progress.bytes).toBe(0)
  })

  it('is silent unless a person is watching', () => {
    const { progress, written } = setup(false)
    progress.add(1, 'fetched')
    progress.clear()
    expect(written).toEqual([])
  })
})

it('bytes and seconds read well', () => {
  expect([0, 1234, 247_323_896, 15_461_234_567].map(formatBytes)).toEqual([
    '0 bytes',
    '1.2 kB',
    '247.3 MB',
    '15.46 GB',
  ])
  expect([0.2, 59.7, 110, 7325].map(formatSeconds)).toEqual(['0 s', '1 min 0 s', '1 min 50 s', '2 h 2 min'])
})
