import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { exercises } from '#grader/manifest/index.ts'
import type { SpecResult } from '#grader/run/collector.ts'
import { judgeExercise } from './judged.ts'
import { exerciseRows } from './rows.ts'

it('names the picture that a spec drew of a failure, under what was wrong', () => {
  const exercise = exercises[1]
  const file = 'out/pictures/02-joint-attention/draw-quadrants-difference.png'
  const spec: SpecResult = {
    ...{ exercise: exercise.id, task: 'draw-quadrants', subject: '', title: 'draws' },
    ...{ state: 'failed', durationMs: 1, output: '', references: [] },
    failure: {
      name: 'AssertionError',
      code: undefined,
      task: undefined,
      message: 'They differ.',
      frames: [],
    },
    attachments: [
      { name: 'difference', caption: '', file: resolve(file) },
      { name: 'mass', caption: '', text: '1' },
    ],
  }
  expect(exerciseRows(judgeExercise(exercise, [spec]))).toContain(`    They differ.\n    Picture: ${file}\n`)
})
