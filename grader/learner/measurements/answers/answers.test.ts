import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exercises } from '#grader/manifest/index.ts'
import { sd15 } from '#grader/oracles/sd15.ts'
import { parsePredictions } from '../../predictions/predictions.ts'
import { attentivePipeline, measuredOn } from '../fixture.ts'
import type { Results } from '../results.ts'
import { answersTo } from './index.ts'

let folder: string
let results: Results
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'answers-'))
  results = (await measuredOn(attentivePipeline().pipe, folder)).results
})
afterAll(() => rm(folder, { recursive: true }))

describe.each(exercises.map(({ id }) => id))('the questions of %s', (id) => {
  it('have exactly one measured answer each, and no answer is left over', async () => {
    const predictions = parsePredictions(await readFile(`exercises/${id}/README.md`, 'utf8'))
    const answers = answersTo(id, results)
    for (const { question } of predictions) {
      const about = answers.filter((answer) => answer.about.test(question))
      expect([question, about.length]).toEqual([question, 1])
      expect(about[0].text).not.toMatch(/NaN|undefined|Infinity|null/)
    }
    expect(answers).toHaveLength(predictions.length)
  })

  it('stay without one when nothing was measured, and nothing is made up', () => {
    for (const { text } of answersTo(id, {})) expect(text).not.toMatch(/NaN|undefined/)
  })
})

const answerAbout = (exercise: string, word: string) =>
  answersTo(exercise, results).find(({ about }) => about.source.includes(word))?.text

it('counts SD3 Medium’s parameters', () => {
  expect(answerAbout('01', 'more parameters')).toContain(
    'T5, by 2.35 times: 4,762,310,656 against 2,028,328,000',
  )
  expect(answerAbout('01', 'wider')).toBe('4096 / 768 = 5.333 times.')
  expect(answerAbout('01', 'VAE')).toBe('1.1 %: 83,819,683 of 7,692,768,483.')
  expect(answerAbout('01', 'size times')).toMatch(/^Too much: 24 times 84,980,736 is 2,039,537,664/)
})

it('works out the lesson’s arithmetic', () => {
  expect(answerAbout('02', 'dearer')).toMatch(/^1\.30 times/)
  expect(answerAbout('03', 'straight line')).toMatch(
    /error is then 0\..*0\.183 at 4 steps, 0\.095 at 8 steps, 0\.048 at 16/,
  )
  expect(answerAbout('03', 'shifts')).toBe('21 of 28 with the shift of 3, 14 without.')
})

it('speaks of the model that was measured', () => {
  const { attention, pipelineTrace, stepCounts } = results
  expect(answerAbout('02', 'padding')).toContain(`${attention?.tokens.words} words`)
  expect(answerAbout('04', '77 text')).toContain(`${pipelineTrace?.textTokens.all}:`)
  expect(answerAbout('04', 'fourteen')).toMatch(/^\d+ of 14: /)
  expect(answerAbout('03', 'silenced')).toContain(results.withoutT5?.distance.toFixed(1))
  expect(stepCounts?.seconds.step).toBeGreaterThan(0)
})

it('knows SD v1.5 as the exercise does', async () => {
  const { sd15: table } = await import('#exercises/04-pipeline-trace/pipeline-trace.ts')
  expect(sd15).toEqual(table)
})
