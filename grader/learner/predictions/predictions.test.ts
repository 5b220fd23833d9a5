import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { exercises } from '#grader/manifest/index.ts'
import { parsePredictions } from './predictions.ts'

describe('parsePredictions', () => {
  it('reads questions, answers over several lines and what was measured', () => {
    const brief = [
      ...['# Title', '1. No prediction.', '## Predict first', 'Write here.', ''],
      ...['1. How many', '   rows?', '   Your answer: 77,', '   I think', '   Measured: 333'],
      ...['2. Which?', '   Your answer:', '', '## Run it', '3. Not one either.'],
    ].join('\n')
    expect(parsePredictions(brief)).toEqual([
      { question: 'How many rows?', answer: '77, I think', measured: '333' },
      { question: 'Which?', answer: '', measured: '' },
    ])
  })

  it('finds none in a text without the section', () => {
    expect(parsePredictions('# Title\n1. One')).toEqual([])
  })

  it.each(exercises.map(({ id }) => id))(
    'understands the brief of %s, where nothing is answered yet',
    async (id) => {
      const predictions = parsePredictions(await readFile(`exercises/${id}/README.md`, 'utf8'))
      expect(predictions.length).toBeGreaterThan(0)
      for (const { question, answer, measured } of predictions) {
        expect([question.endsWith('?'), answer, measured]).toEqual([true, '', ''])
      }
    },
  )
})
