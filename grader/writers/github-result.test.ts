import { describe, expect, it } from 'vitest'
import { exercises, maxScore } from '#grader/manifest/index.ts'
import { exercise, context, graded, hostileSubmission, task } from './fixture.ts'
import { githubResult } from './github-result.ts'
import type { Graded } from '#grader/grade.ts'

interface Runner {
  status: string
  max_score: number
  tests: { name: string; status: string; score: number; message: string }[]
}

async function runner(one: Graded): Promise<Runner> {
  if (githubResult.holds !== 'one') throw new Error('holds one')
  return JSON.parse(Buffer.from(await githubResult.write(one, context), 'base64').toString()) as Runner
}

/** The reporter's table: passed rows ÷ rows × max_score (src/helpers/test-helpers.js). */
function table({ tests, max_score }: Runner): number {
  const passed = tests.reduce((count, { status }) => (status === 'pass' ? count + 1 : count), 0)
  return (passed / tests.length) * max_score
}

/** The points it reports: the sum of the rows' scores (src/notify-classroom.js). */
function points({ tests }: Runner): number {
  return tests.reduce((sum, { score }) => sum + score, 0)
}

describe("the reporter's table and its points agree", () => {
  const scored = (score: number, most: number) =>
    runner(graded('a', [exercise('e', 'E', [task('t', 'fail', score, most, 'wrong')])]))

  it.each(exercises)('to the last bit for every score of $id', async ({ tasks }) => {
    const most = maxScore(tasks)
    for (let score = 0; score <= most; score++) {
      const result = await scored(score, most)
      expect([table(result), points(result), result.max_score]).toEqual([score, score, most])
    }
  })

  it('up to the rounding of its division for all exercises in one', async () => {
    for (let score = 0; score <= maxScore(); score++) {
      const result = await scored(score, maxScore())
      expect(table(result)).toBeCloseTo(score, 12)
      expect([points(result), result.max_score]).toEqual([score, maxScore()])
    }
  })

  it('with fractions rounded down', async () => {
    const result = await runner(hostileSubmission)
    expect([table(result), points(result), result.max_score]).toEqual([4, 4, 19])
  })
})

it('says pass for full marks, error when only the machinery stands in the way, else fail', async () => {
  const status = async (...statuses: ('pass' | 'fail' | 'timeout' | 'invalid')[]) => {
    const tasks = statuses.map((one, i) => task(`t${i}`, one, one === 'pass' ? 2 : 0, 2))
    return (await runner(graded('a', [exercise('e', 'E', tasks)]))).status
  }
  expect(await status('pass', 'pass')).toBe('pass')
  expect(await status('pass', 'timeout', 'invalid')).toBe('error')
  expect(await status('pass', 'timeout', 'fail')).toBe('fail')
})

it('fits into an environment variable, however much there is to say', async () => {
  const long = Array.from({ length: 44 }, (_, i) => task(`t${i}`, 'fail', 0, 3, '漢'.repeat(4000)))
  if (githubResult.holds !== 'one') throw new Error('holds one')
  const text = await githubResult.write(graded('a', [exercise('e', 'E', long)]), context)
  expect(`TASKS_RESULTS=${text}`.length).toBeLessThan(128 * 1024)
  expect(Buffer.from(text, 'base64').toString()).toContain('[cut: the first part of')
})
