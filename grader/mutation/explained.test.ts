import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { exerciseById, modulePath } from '#grader/manifest/index.ts'
import { explained } from './explained.ts'

describe('explained mutants', () => {
  it.each(explained)('begin on one line of the solution: $exercise, $line', async ({ exercise, line }) => {
    const text = await readFile(`solutions/${modulePath(exerciseById(exercise))}`, 'utf8')
    expect(text.split('\n').filter((one) => one.trim() === line)).toHaveLength(1)
  })
})
