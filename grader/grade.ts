import { randomBytes } from 'node:crypto'
import { Grader, type GraderOptions } from './grader.ts'
import type { Prediction } from './learner/predictions/predictions.ts'
import type { SubmissionResult } from './result.ts'
import type { Level } from './sandbox/levels.ts'
import type { Attachment } from './spec/attach.ts'
import { closeWorkshop, openWorkshop } from './workshop.ts'

/** A folder to grade. */
export interface Submission {
  name: string
  folder: string
}

/** A grade, and what else the report shows, by exercise. */
export interface Graded {
  name: string
  result: SubmissionResult
  attachments: Map<string, Attachment[]>
  predictions: Map<string, Prediction[]>
}

export interface GradeOptions extends Partial<GraderOptions> {
  /** The weakest isolation that will do. */
  requireIsolation?: Level
}

/**
 * Grades submissions one after another: the kit's own specs, each submission in its own process, scores from the
 * manifest alone.
 * @param picturesOf the folder for a submission's pictures
 * Fresh instances differ in every run unless a seed is given.
 */
export async function* grade(
  submissions: readonly Submission[],
  picturesOf: (name: string) => string,
  { seed = anySeed(), budgetMs, requireIsolation }: GradeOptions = {},
): AsyncGenerator<Graded> {
  const workshop = await openWorkshop(requireIsolation)
  try {
    const grader = await Grader.open(workshop, { seed, ...(budgetMs !== undefined && { budgetMs }) })
    try {
      for (const submission of submissions) yield await grader.grade(submission, picturesOf(submission.name))
    } finally {
      await grader.close()
    }
  } finally {
    await closeWorkshop(workshop)
  }
}

/** A seed that nobody can guess. */
export function anySeed(): string {
  return randomBytes(16).toString('hex')
}
