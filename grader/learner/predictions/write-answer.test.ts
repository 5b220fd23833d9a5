import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exercises } from '#grader/manifest/index.ts'
import { arePredictionsAsked, localPredictions, NO_ANSWER, parsePredictions } from './predictions.ts'
import { withAnswer, writeAnswer } from './write-answer.ts'

const brief = [
  ...['# Title', '1. No prediction.', '', '## Predict first', '', 'Write here.', ''],
  ...[
    '1. How many',
    '   rows?',
    '   Your answer:',
    '   Measured:',
    '2. Which?',
    '   Your answer: old,',
    '   and more',
  ],
  ...['   Measured: 3', '3. Why?', '   Your answer:', '', '## Run it', '', '3. Not one either.', ''],
].join('\n')

const answers = (text: string) => parsePredictions(text).map(({ answer }) => answer)

describe('an answer', () => {
  it('is written where it belongs, and nothing else changes', () => {
    expect(withAnswer(brief, 0, '77, I think')).toBe(
      brief.replace('rows?\n   Your answer:', 'rows?\n   Your answer: 77, I think'),
    )
    expect(withAnswer(brief, 2, 'who knows')).toBe(
      brief.replace('Why?\n   Your answer:', 'Why?\n   Your answer: who knows'),
    )
  })

  it('replaces an earlier one, over several lines too', () => {
    expect(withAnswer(brief, 1, 'new')).toBe(brief.replace('old,\n   and more', 'new'))
  })

  it.each([
    ['a heading', '## Run it'],
    ['a number', '2. Which?'],
    ['the marks themselves', 'Measured: 3 Your answer: 4'],
    ['dollar signs', '$& $1 $<before>'],
  ])('may read like %s', (_, answer) => {
    for (const i of [0, 1, 2]) {
      const text = withAnswer(brief, i, answer)
      expect(answers(text)[i]).toBe(answer)
      expect(parsePredictions(text).length).toBe(3)
      expect(withAnswer(text, i, 'x')).toBe(withAnswer(brief, i, 'x'))
    }
  })

  it('becomes one line without control characters', () => {
    expect(answers(withAnswer(brief, 0, ' a\n## b\u001b[31m\r\n\tc '))[0]).toBe('a ## b [31m c')
  })

  it('that is empty is noted as asked', () => {
    expect(answers(withAnswer(brief, 0, ' '))[0]).toBe(NO_ANSWER)
  })

  it('keeps the line endings of Windows', () => {
    const windows = brief.replaceAll('\n', '\r\n')
    for (const i of [0, 1, 2])
      expect(withAnswer(windows, i, 'x')).toBe(withAnswer(brief, i, 'x').replaceAll('\n', '\r\n'))
  })

  it.each([3, 99])('to question %i of three is an error', (index) => {
    expect(() => withAnswer(brief, index, 'x')).toThrow(`no question ${index + 1}`)
    expect(() => withAnswer('# Nothing here', 0, 'x')).toThrow('no question 1')
  })
})

it.each(exercises.map((exercise) => [exercise.id, exercise] as const))(
  'the brief of %s takes an answer to every question',
  async (id, exercise) => {
    const root = await mkdtemp(join(tmpdir(), 'brief-'))
    try {
      await cp(`exercises/${id}/README.md`, join(root, `exercises/${id}/README.md`))
      const questions = await localPredictions(exercise, root)
      expect(await arePredictionsAsked(exercise, root)).toBe(false)
      for (const i of questions.keys()) await writeAnswer(exercise, i, i === 0 ? '' : `answer ${i}`, root)
      expect(await localPredictions(exercise, root)).toEqual(
        questions.map((question, i) => ({ ...question, answer: i === 0 ? NO_ANSWER : `answer ${i}` })),
      )
      expect(await arePredictionsAsked(exercise, root)).toBe(true)
      const before = (await readFile(`exercises/${id}/README.md`, 'utf8')).split('\n')
      const after = (await readFile(join(root, `exercises/${id}/README.md`), 'utf8')).split('\n')
      expect(after.filter((line, i) => line !== before[i])).toHaveLength(questions.length)
      await writeFile(join(root, `exercises/${id}/README.md`), '# Without questions')
      expect(await arePredictionsAsked(exercise, root)).toBe(true)
    } finally {
      await rm(root, { recursive: true })
    }
  },
)
