import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exercises, type Task } from './manifest/index.ts'
import { earnedPoints } from './partial-credit.ts'
import type { SpecResult, SpecRun } from './run/collector.ts'
import { SpecRunner } from './run/spec-runner.ts'

const task: Task = {
  ...{ id: 't', title: 'T', export: 't', hints: ['', '', ''], points: 3 },
  partial: [
    { points: 1, checks: ['a'] },
    { points: 1, checks: ['b'] },
    { points: 1, checks: ['c', 'd'] },
  ],
}
const spec = (title: string, state: SpecResult['state'] = 'passed'): SpecResult => ({
  ...{ exercise: 'e', task: 't', subject: '', title, state, failure: null },
  ...{ durationMs: 1, attachments: [], output: '' },
})
const earned = (...specs: SpecResult[]) => earnedPoints(task, { status: 'fail' }, specs)

describe('a task that is not wholly right', () => {
  it('earns the points of each part whose checks all passed', () => {
    expect(earned(spec('a'), spec('b', 'failed'), spec('c'), spec('d', 'failed'))).toBe(1)
    expect(earned(spec('a'), spec('b', 'failed'), spec('c'), spec('d'))).toBe(2)
  })

  it('never earns all points by its parts', () => {
    expect(earned(spec('a'), spec('b'), spec('c'), spec('d'), spec('e', 'failed'))).toBe(2)
  })

  it('earns nothing for a check that did not run, or ran twice', () => {
    expect(earned(spec('a', 'skipped'), spec('c'))).toBe(0)
    expect(earned(spec('a'), spec('a'))).toBe(0)
  })

  it('earns nothing when the run says nothing about it', () => {
    expect(earnedPoints(task, { status: 'invalid' }, [spec('a')])).toBe(0)
  })
})

describe('the manifest', () => {
  const tasks = exercises.flatMap((exercise) => exercise.tasks)

  it('gives parts whole points, less than all of them each', () => {
    for (const { id, points, partial = [] } of tasks) {
      for (const part of partial) {
        expect(Number.isInteger(part.points) && part.points > 0 && part.points < points, id).toBe(true)
        expect(part.checks.length, id).toBeGreaterThan(0)
      }
    }
  })

  it('pays nothing for answers remembered from another run, and names checks that exist', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'replay-'))
    const runner = await SpecRunner.open('solutions', exercises)
    try {
      const subject = { kind: 'replay', folder } as const
      // Seeds of their own: two runs that draw anything might once in a while ask the same.
      const recorded = await runner.run({ subject, seed: 'recorded' })
      const replayed = await runner.run({ subject, seed: 'replayed' })
      for (const { id, partial = [] } of tasks) {
        const specs = replayed.specs.filter((one) => one.task === id)
        expect(
          specs.some(({ state }) => state === 'failed'),
          `${id} as a whole`,
        ).toBe(true)
        for (const check of partial.flatMap(({ checks }) => checks)) {
          const stateIn = (run: SpecRun) =>
            run.specs.find((one) => one.task === id && one.title === check)?.state
          expect([check, stateIn(recorded), stateIn(replayed)]).toEqual([check, 'passed', 'failed'])
        }
      }
    } finally {
      await runner.close()
      await rm(folder, { recursive: true })
    }
  }, 600_000)
})
