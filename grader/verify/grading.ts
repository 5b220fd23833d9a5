import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { grade } from '#grader/grade.ts'
import type { Status } from '#grader/result.ts'
import { check, type Check, type Step } from './step.ts'

/** Grading, end to end: what is not begun scores nothing, what is right scores all. */
export const gradingSteps: Step[] = [
  { name: 'stubs score 0', run: () => gradeAll('.', 'not-attempted') },
  { name: 'solutions score all', run: () => gradeAll('solutions', 'pass') },
]

async function gradeAll(folder: string, expected: Status): Promise<Check[]> {
  const pictures = await mkdtemp(join(tmpdir(), 'verify-'))
  const checks: Check[] = []
  try {
    for await (const { result } of grade([{ name: folder, folder: resolve(folder) }], () => pictures)) {
      const { score, maxScore, exercises } = result
      const due = expected === 'pass' ? maxScore : 0
      checks.push(check('score', score === due, `Expected ${due} of ${maxScore} points, received ${score}.`))
      for (const { id, status, message } of exercises.flatMap(({ tasks }) => tasks)) {
        checks.push(check(id, status === expected, `Expected ${expected}, received ${status}.\n${message}`))
      }
    }
  } finally {
    await rm(pictures, { recursive: true, force: true })
  }
  return checks
}
