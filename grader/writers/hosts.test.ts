import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Graded } from '#grader/grade.ts'
import type { Visibility } from '#grader/manifest/index.ts'
import type { Status } from '#grader/result.ts'
import { studentView } from '#grader/visibility.ts'
import { context, exercise, golden, graded, hostileSubmission, task } from './fixture.ts'
import { writers } from './index.ts'

async function write(format: string, ...list: Graded[]): Promise<string> {
  const writer = writers[format]
  return writer.holds === 'one' ? writer.write(list[0], context) : writer.write(list, context)
}

const json = async (format: string, one: Graded) => JSON.parse(await write(format, one)) as never

const withStatus = (status: Status, more: object = {}) =>
  graded('a', [exercise('e', 'E', [{ ...task('t', status, 0, 2, 'why'), ...more }])])

const statuses: Status[] = ['pass', 'fail', 'error', 'timeout', 'not-attempted', 'blocked', 'invalid']

describe('every status has its place', () => {
  it('JUnit', async () => {
    const kinds = await Promise.all(
      statuses.map(async (status) =>
        /<(failure|error|skipped)/.exec(await write('junit', withStatus(status))),
      ),
    )
    expect(kinds.map((match) => match?.[1])).toEqual([
      undefined,
      'failure',
      'error',
      'error',
      'skipped',
      'skipped',
      'error',
    ])
  })

  it('Exercism, which shows the message alone when every test is an error', async () => {
    const results: { status: string; message: string | null }[] = []
    for (const status of statuses) results.push(await json('exercism', withStatus(status)))
    expect(results.map(({ status }) => status)).toEqual([
      'pass',
      'fail',
      'error',
      'error',
      'fail',
      'fail',
      'error',
    ])
    expect(results.map(({ message }) => message !== null)).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
      true,
    ])
  })

  it('an invalid task is never called a wrong answer, and no score with it final', async () => {
    const one = withStatus('invalid')
    for (const format of ['markdown', 'html', 'gradescope', 'github-summary', 'github-annotations'])
      expect(await write(format, one)).toContain('Not final: 1 task could not be graded')
    expect(await write('csv', one)).toMatch(/,,2,1,,\r\n$/) // no score, of 2 points, 1 task not graded
    expect(await json('prairielearn', one)).toMatchObject({ gradable: false })
    for (const format of Object.keys(writers)) expect(await write(format, one)).not.toContain('Wrong answer')
  })
})

describe('feedback that is not open yet', () => {
  const check = (visibility: Visibility, message: string) => ({
    ...{ title: `Check ${visibility}`, status: 'fail' as const, message, visibility },
  })
  const checks = [check('always', 'open'), check('after-due', 'SECRET due'), check('never', 'SECRET ever')]
  const file = join(golden, 'pictures/01-pipeline-inspection/strip.png')
  const attachments: Graded['attachments'] = new Map([
    [
      'e',
      [
        { name: 'a', caption: 'shown', file },
        { name: 'b', caption: 'SECRET', file, visibility: 'never' },
      ],
    ],
  ])
  const whole = { ...withStatus('fail', { checks, message: 'SECRET all' }), attachments }

  it('is left to Gradescope, which knows the dates', async () => {
    const { tests } = (await json('gradescope', whole)) as {
      tests: { name: string; visibility: string; output: string; score?: number }[]
    }
    const expected = ['visible', 'after_due_date', 'hidden', 'visible', 'hidden']
    expect(tests.map(({ visibility }) => visibility)).toEqual(expected)
    expect(tests.map(({ score }) => score)).toEqual([0, undefined, undefined, undefined, undefined])
    expect(tests[0].output).toContain('open\n2 more checks count.')
    const visible = tests.filter(({ visibility }) => visibility === 'visible')
    for (const { output } of visible) expect(output).not.toContain('SECRET')
    expect(tests[1]).toMatchObject({ name: 'Task t: Check after-due', output: '<pre>SECRET due</pre>' })
    expect(tests[4].output).toContain('SECRET')
  })

  it.each(Object.keys(writers))("is not in %s of a student's view", async (format) => {
    const calendar = { now: new Date('2026-06-01'), due: new Date('2026-07-01') }
    const shown = { ...whole, result: studentView(whole.result, calendar), attachments: new Map() }
    const text = await write(format, shown)
    const decoded = format === 'github-result' ? Buffer.from(text, 'base64').toString() : text
    expect(decoded).not.toContain('SECRET')
    if (format !== 'csv') expect(decoded).toContain('1 hidden check counts too; it is never shown.')
  })
})

describe('pictures', () => {
  it.each(['gradescope', 'html', 'prairielearn'])('stand inside %s, byte for byte', async (format) => {
    const [, encoded] =
      /data:image\/png;base64,([A-Za-z0-9+/=]+)/.exec(await write(format, hostileSubmission)) ?? []
    const file = join(golden, 'pictures/01-pipeline-inspection/strip.png')
    expect(Buffer.from(encoded, 'base64').equals(await readFile(file))).toBe(true)
  })
})

describe('Gradescope', () => {
  it('adds up to the score, and pictures count for nothing', async () => {
    const { tests } = (await json('gradescope', hostileSubmission)) as {
      tests: { score?: number; max_score?: number }[]
    }
    const sum = (key: 'score' | 'max_score') => tests.reduce((total, one) => total + (one[key] ?? 0), 0)
    expect([sum('score'), sum('max_score')]).toEqual([4, 19])
    expect(tests).toHaveLength(9)
  })
})

describe('Classroom 50', () => {
  it("keeps the submission's own time, and the time of grading apart", async () => {
    const result = await json('classroom50', hostileSubmission)
    expect(result).toMatchObject({ datetime: '2026-06-01T14:32:01Z', graded_at: '2026-06-02T08:00:00Z' })
  })

  it('adds up in whole points', async () => {
    const { score, tests } = (await json('classroom50', hostileSubmission)) as {
      score: number
      tests: { score: number; 'max-score': number; passed: boolean }[]
    }
    expect(tests.reduce((sum, one) => sum + one.score, 0)).toBe(score)
    for (const one of tests) expect(one.score === one['max-score']).toBe(one.passed)
  })
})

describe('CSV', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'])(
    '%j stays text in a spreadsheet',
    async (name) => {
      const [, row] = (await write('csv', graded(name, []))).split('\r\n')
      expect(row).not.toMatch(/^"?[=+\-@\t\r＝]/)
    },
  )

  it.each([
    ['Ada Lovelace_4711_assignsubmission_file', 'Participant 4711'],
    ['Ada_999_assignsubmission_x_4711_assignsubmission_file', ''],
    ['lovelaceada_1815_99_exercises', '1815'],
    ['lovelaceada_LATE_1815_99_exercises', '1815'],
    ['ada_lovelace', ''],
  ])('finds the gradebook id in %s', async (name, id) => {
    const [, row] = (await write('csv', graded(name, []))).split('\r\n')
    expect(row.split(',')[1]).toBe(id)
  })
})
