import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { anySeed, type Graded } from '#grader/grade.ts'
import { Grader } from '#grader/grader.ts'
import type { SubmissionResult } from '#grader/result.ts'
import { closeWorkshop, openWorkshop, type Workshop } from '#grader/workshop.ts'
import type { FoundSubmission } from './find-submissions.ts'
import type { ClassOptions } from './grade-class.ts'
import { invalid } from './invalid.ts'
import { receive } from './receive.ts'
import { SubmissionRefused } from './refused.ts'

type SingleOptions = Pick<ClassOptions, 'out' | 'seed' | 'budgetMs' | 'requireIsolation' | 'submittedAt'>

/** Grades one submission, a folder or a zip, in this process; its report lies in `out` itself. */
export async function gradeSingle(found: FoundSubmission, options: SingleOptions): Promise<Graded> {
  const { out, seed = anySeed(), budgetMs, requireIsolation, submittedAt: given } = options
  const workshop = await openWorkshop(requireIsolation)
  try {
    const received = await takeIn(found, workshop)
    if (received instanceof SubmissionRefused)
      return invalid(found.name, received.message, workshop.launcher.isolation)
    const grader = await Grader.open(workshop, { seed, ...(budgetMs !== undefined && { budgetMs }) })
    try {
      const { folder, content } = received
      const graded = await grader.grade({ name: found.name, folder }, join(out, 'pictures'))
      const earlier = await earlierTime(out, content)
      const submittedAt = given?.(found.name)?.toISOString() ?? earlier ?? received.submittedAt?.toISOString()
      Object.assign(graded.result, { ...(submittedAt !== undefined && { submittedAt }), content, seed })
      return graded
    } finally {
      await grader.close()
    }
  } finally {
    await closeWorkshop(workshop)
  }
}

async function takeIn(found: FoundSubmission, { folder }: Workshop) {
  const scratch = join(folder, 'received')
  await mkdir(scratch)
  return receive(found, scratch).catch((error: unknown) => {
    if (error instanceof SubmissionRefused) return error
    throw error
  })
}

/** The time in an earlier report of the same content: a copy of the files has the copy's dates. */
async function earlierTime(out: string, content: string): Promise<string | null> {
  try {
    const text = await readFile(join(out, 'result.json'), 'utf8')
    const earlier = JSON.parse(text) as Partial<SubmissionResult>
    return earlier.content === content ? (earlier.submittedAt ?? null) : null
  } catch {
    return null
  }
}
