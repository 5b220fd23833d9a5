import { expect, it } from 'vitest'
import { exercises, maxScore } from './manifest/index.ts'
import type { SpecResult } from './run/collector.ts'
import { score } from './score.ts'

const [first] = exercises
const [task] = first.tasks

const passed = (exercise: string, id: string, title = 'does it'): SpecResult => ({
  ...{ exercise, task: id, subject: '', title, state: 'passed', failure: null },
  ...{ durationMs: 1, attachments: [], output: '' },
})
const everything = exercises.flatMap(({ id, tasks }) => tasks.map((one) => passed(id, one.id)))
const scoreOf = (specs: SpecResult[], problems: string[] = []) => score({ specs, problems }, [], {})
const find = (result: ReturnType<typeof score>) => result.exercises[0].tasks[0]

it('gives every point of the manifest when every task ran and passed', () => {
  expect(scoreOf(everything)).toMatchObject({ score: maxScore(), maxScore: maxScore() })
})

it('gives none when nothing ran, whatever the run itself thought of that', () => {
  expect(scoreOf([]).score).toBe(0)
  expect(find(scoreOf([])).status).toBe('invalid')
})

it('counts results of tasks that the manifest does not know for nothing', () => {
  const extra = [passed(first.id, 'free-points'), passed('99-elsewhere', task.id)]
  expect(scoreOf(extra)).toMatchObject({ score: 0, maxScore: maxScore() })
})

it('does not let a second result of the same name speak for a task', () => {
  const result = scoreOf([...everything, passed(first.id, task.id)])
  expect(find(result)).toMatchObject({ status: 'invalid', score: 0 })
  expect(result.score).toBe(maxScore() - task.points)
})

it('trusts no pass of a run in which something went wrong outside the specs', () => {
  const result = scoreOf(everything, ['a worker vanished'])
  expect(result.score).toBe(0)
  expect(find(result)).toMatchObject({
    status: 'invalid',
    message: expect.stringContaining('vanished') as string,
  })
})
