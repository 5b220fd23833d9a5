import { describe, expect, it } from 'vitest'
import { aimsOf, EAGER, HARNESS } from './aims.ts'
import { inTurn, measure, type Settings, type Timed } from './measure.ts'
import { costMarkdown } from './report.ts'
import type { Request } from './subject.ts'
import { summarise } from './summary.ts'

const settings: Settings = {
  rounds: 2,
  repeats: { encode: 3, steps: 2, decode: 1, picture: 1 },
  warmUp: 1,
  restMilliseconds: 0,
  size: 8,
  steps: 4,
  prompt: 'a red ball',
  seed: 1,
}
const picture = (value: number) => Buffer.from(Uint8Array.of(10, 20, value)).toString('base64')

/** Takes as many seconds for everything as it is told, and notes when it is asked. */
function subject(name: string, seconds: number, asked: string[], failsAt?: Request['part']): Timed {
  return {
    name,
    run: ({ part, repeats }) => {
      asked.push(`${part} ${name} ${repeats}`)
      if (part === failsAt) return Promise.reject(new Error('too few\nbits'))
      const made = part === 'picture' ? { picture: picture(30 + seconds) } : {}
      return Promise.resolve({ seconds: Array<number>(repeats).fill(seconds), ...made })
    },
  }
}

it('starts each round with another subject', () => {
  expect([0, 1, 2, 3].map((round) => inTurn(['a', 'b', 'c'], round).join(''))).toEqual([
    'abc',
    'bca',
    'cab',
    'abc',
  ])
})

it('warms every subject up, then lets them take turns; only what follows counts', async () => {
  const asked: string[] = []
  const { seconds } = await measure([subject('a', 1, asked), subject('b', 2, asked)], settings)
  expect(asked.filter((line) => line.startsWith('encode'))).toEqual([
    'encode a 1',
    'encode b 1',
    'encode b 3',
    'encode a 3',
    'encode a 3',
    'encode b 3',
  ])
  expect(Object.keys(seconds)).toEqual(['a', 'b'])
  expect(seconds.b.encode).toEqual([2, 2, 2, 2, 2, 2])
  expect(seconds.a.picture).toEqual([1, 1])
})

it('leaves out a subject that fails, says why, and asks it no more', async () => {
  const asked: string[] = []
  const samples = await measure([subject('a', 1, asked), subject('b', 2, asked, 'steps')], settings)
  expect(asked.filter((line) => / b /.test(line))).toEqual([
    'encode b 1',
    'encode b 3',
    'encode b 3',
    'steps b 1',
  ])
  const summary = summarise(samples, settings.steps, 'a')
  expect(Object.keys(summary.times)).toEqual(['a'])
  expect(summary.failures).toEqual({ b: 'too few bits' })
})

describe('the harness against the others', () => {
  const summaryOf = async (own: number, eager: number, compiled: number) => {
    const asked: string[] = []
    const subjects = [
      subject(HARNESS, own, asked),
      subject(EAGER, eager, asked),
      subject('torch.compile default', compiled, asked),
    ]
    return summarise(await measure(subjects, settings, () => {}), settings.steps, EAGER)
  }
  const met = async (...times: [number, number, number]) =>
    aimsOf(await summaryOf(...times)).map(({ met }) => met)

  it('reads a step as a share of the loop, in milliseconds, and a picture against eager’s', async () => {
    const { times, levels } = await summaryOf(0.2, 0.4, 0.3)
    expect(times[HARNESS].step).toEqual({ median: 50, low: 50, high: 50, samples: 4 })
    expect(times[EAGER].decode.median).toBe(400)
    expect(levels).toEqual({ [HARNESS]: 0, [EAGER]: 0, 'torch.compile default': 0 })
  })

  it('meets or misses each aim', async () => {
    expect(await met(0.2, 0.3, 0.2)).toEqual([true, true, true, true, true])
    expect(await met(0.2, 0.29, 0.2)).toEqual([false, true, true, true, true])
    expect(await met(0.2, 0.3, 0.19)).toEqual([true, false, true, true, true])
    expect(await met(0.41, 3, 3)).toEqual([true, true, false, true, true])
    expect(await met(5, 10, 10)).toEqual([true, true, false, false, false])
  })

  it('cannot meet what was not measured, and says so', async () => {
    const samples = await measure([subject(HARNESS, 0.2, [])], settings)
    const summary = summarise(samples, settings.steps, EAGER)
    const aims = aimsOf(summary)
    expect(aims.map(({ met }) => met)).toEqual([null, null, true, true, null])
    const text = costMarkdown({
      ...summary,
      aims,
      weights: 'c0ffee',
      conditions: { date: 'today' },
      doubts: ['Busy.'],
    })
    expect(text).toContain('| one guided step of a picture, ms | 50.0 (50.0–50.0) |')
    expect(text).toContain('no slower than the fastest torch.compile | not measured | – |')
    expect(text).toContain('**Busy.**')
  })
})
