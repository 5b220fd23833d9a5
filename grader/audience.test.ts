import { describe, expect, it } from 'vitest'
import { present } from './audience.ts'
import type { Graded } from './grade.ts'
import { latenessOf, readMoment } from './lateness.ts'
import type { CheckResult, TaskResult } from './result.ts'

const check = (title: string, rest: Partial<CheckResult> = {}): CheckResult => ({
  ...{ title, status: 'pass', message: '', visibility: 'always' },
  ...rest,
})
const secret = { status: 'fail', message: 'expected 42.', visibility: 'after-due' } as const

function graded(checks: CheckResult[], rest: Partial<TaskResult> = {}): Graded {
  const task: TaskResult = {
    ...{ id: 't', title: 'Task', status: 'fail', score: 1, maxScore: 3, durationMs: 1 },
    ...{ message: 'expected 42.\nPartial credit.', notes: ['Partial credit.'], checks },
    ...rest,
  }
  const exercises = [{ id: 'one', title: 'One', score: 1, maxScore: 3, tasks: [task] }]
  const attachments: Graded['attachments'] = new Map([
    [
      'one',
      [
        { name: 'seen', caption: '', text: '' },
        { name: 'unseen', caption: '', text: '', visibility: 'after-due' },
      ],
    ],
  ])
  return {
    name: 'someone',
    result: { score: 1, maxScore: 3, exercises, findings: [], isolation: {} },
    attachments,
    predictions: new Map(),
  }
}
const taskOf = ({ result }: Graded) => result.exercises[0].tasks[0]
const due = readMoment('2026-03-01')
const before = new Date('2026-02-28T12:00:00Z')
const after = new Date('2026-03-02T12:00:00Z')

describe('a student, before the due date,', () => {
  it('sees neither titles nor messages nor pictures of hidden checks, but that they count', async () => {
    const shown = await present(graded([check('open'), check('hidden', secret)]), 'student', {
      due,
      now: before,
    })
    const task = taskOf(shown)
    expect(JSON.stringify([...shown.attachments, shown.result])).not.toMatch(/42|"hidden"|unseen/)
    expect(task).toMatchObject({ score: 1, hiddenChecks: 1 })
    expect(task.message).toBe(
      'Partial credit.\n1 hidden check counts too; it is shown after 2026-03-01T23:59:59.999Z.',
    )
  })

  it('is told the first mistake that may be shown', async () => {
    const open = check('open', { status: 'fail', message: 'expected a list.' })
    const { message } = taskOf(
      await present(graded([check('hidden', secret), open]), 'student', { due, now: before }),
    )
    expect(message.split('\n')[0]).toBe('expected a list.')
  })
})

it('a student sees all of it after the due date, except what is never shown', async () => {
  const never = check('never', { ...secret, visibility: 'never' })
  const task = taskOf(await present(graded([check('hidden', secret), never]), 'student', { due, now: after }))
  expect(task.checks?.map(({ title }) => title)).toEqual(['hidden'])
  expect(task.message).toContain('1 hidden check counts too; it is never shown.')
})

it('without a due date, what waits for it stays hidden, and the feedback says why', async () => {
  const hidden = [check('a', secret), check('b', secret)]
  const { message } = taskOf(await present(graded(hidden), 'student', { now: after }))
  expect(message).toContain('2 hidden checks count too; they are kept back, since no due date is set.')
})

it('an instructor sees everything at any time', async () => {
  const all = graded([check('hidden', secret)])
  const shown = await present(all, 'instructor', { due, now: before })
  expect(taskOf(shown)).toEqual(taskOf(all))
  expect(shown.attachments).toEqual(all.attachments)
})

describe('lateness', () => {
  it('follows from the time of handing in, whenever it is graded', async () => {
    const one = graded([])
    one.result.submittedAt = '2026-03-02T00:00:59.999Z'
    for (const now of [after, new Date('2030-01-01T00:00:00Z')])
      expect((await present(one, 'instructor', { due, now })).result.late).toEqual({ bySeconds: 60 })
    one.result.submittedAt = '2026-03-01T23:59:59.999Z'
    expect((await present(one, 'student', { due, now: after })).result).not.toHaveProperty('late')
  })

  it('is not known without one of the two moments', async () => {
    expect((await present(graded([]), 'student', { due, now: after })).result).not.toHaveProperty('late')
    expect(latenessOf(new Date(due), due)).toBeNull()
  })

  it('reads days and moments with their zone, and nothing that two machines could read differently', () => {
    expect(readMoment('2026-03-01T23:59:00+01:00').toISOString()).toBe('2026-03-01T22:59:00.000Z')
    for (const text of ['tomorrow', '2026-02-30', '2026-03-01T23:59', '1.3.2026', ''])
      expect(() => readMoment(text)).toThrow(/is no date/)
  })
})
