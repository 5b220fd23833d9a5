import { describe, expect, it } from 'vitest'
import { exercises, maxScore, modulePath } from './manifest/index.ts'
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

it('tells a file that was not handed in from a stub, and names it', () => {
  const failure = { name: 'SandboxError', code: 'NO_FILE', task: undefined, message: 'none', frames: [] }
  const specs = everything.map((spec): SpecResult => {
    return spec.exercise === first.id ? { ...spec, state: 'failed', failure } : spec
  })
  const result = scoreOf(specs)
  expect(find(result)).toMatchObject({ status: 'not-attempted', missing: `exercises/${modulePath(first)}` })
  expect(result.exercises[1].tasks[0]).not.toHaveProperty('missing')
})

describe('a task that is partly right', () => {
  const parts = exercises.flatMap((exercise) => exercise.tasks.map((one) => ({ exercise, task: one })))
  const found = parts.find(({ task: one }) => one.partial !== undefined)!
  const { id, points, partial = [] } = found.task
  const right = partial[0].checks.map((title) => passed(found.exercise.id, id, title))
  const wrong: SpecResult = { ...passed(found.exercise.id, id, 'the rest'), state: 'failed' }
  const result = (specs: SpecResult[], problems?: string[]) =>
    scoreOf(specs, problems)
      .exercises.flatMap(({ tasks }) => tasks)
      .find((one) => one.id === id)

  it('earns what the manifest says its parts are worth, and lists every check', () => {
    const task = result([...right, wrong])
    expect(task).toMatchObject({ status: 'error', score: partial[0].points })
    expect(task?.message).toContain(`Partial credit: ${partial[0].points} of ${points} points`)
    expect(task?.checks?.map(({ status }) => status)).toEqual([...right.map(() => 'pass'), 'error'])
  })

  it('earns nothing in a run that cannot be trusted', () => {
    expect(result([...right, wrong], ['a worker vanished'])?.score).toBe(0)
  })

  it('names the functions that the reference stood in for', () => {
    const [helper] = found.exercise.tasks
    const helped = everything.map((spec) => (spec.task === id ? { ...spec, references: [helper.id] } : spec))
    expect(result(helped)).toMatchObject({ status: 'pass', score: points, references: [helper.id] })
    expect(result(helped)?.message).toBe(
      `Graded with the reference for ${helper.export}, because yours is wrong or missing.`,
    )
  })
})
