import { stringify } from 'csv-stringify/sync'
import type { Graded } from '#grader/grade.ts'
import type { SubmissionResult } from '#grader/result.ts'
import { notGraded } from './feedback.ts'
import { oneLine } from './one-line.ts'
import type { Writer } from './writer.ts'

/**
 * A gradebook: RFC 4180, one row a submission. A cell that a spreadsheet would take for a formula starts with an
 * apostrophe. A task that could not be graded is an empty cell, not a zero, and so is the score of which all could not.
 */
export const csv: Writer = {
  description: 'gradebook, one row per submission, a column for each task and exercise',
  holds: 'many',
  write(graded: readonly Graded[]): string {
    const rows = graded.map(({ name, result }) => [
      oneLine(name),
      gradebookId(name),
      result.submittedAt ?? '',
      lateSeconds(result),
      scoreOf(
        result.score,
        result.exercises.flatMap(({ tasks }) => tasks),
      ),
      result.maxScore,
      notGraded(result),
      ...result.exercises.flatMap(({ score, tasks }) => [
        scoreOf(score, tasks),
        ...tasks.map((task) => scoreOf(task.score, [task])),
      ]),
    ])
    const options = { record_delimiter: '\r\n', escape_formulas: true } as const
    return stringify([head(graded[0]?.result), ...rows], options)
  },
}

/** Empty where none of the tasks it is made of could be graded. */
function scoreOf(score: number, tasks: readonly { status: string }[]): number | '' {
  return tasks.every(({ status }) => status === 'invalid') ? '' : score
}

function head(result: SubmissionResult | undefined): string[] {
  const columns = result?.exercises.flatMap(({ id, tasks }) => [id, ...tasks.map((task) => task.id)]) ?? []
  return ['submission', 'id', 'submitted_at', 'late_seconds', 'score', 'max_score', 'not_graded', ...columns]
}

/**
 * What the gradebook calls the student, from the folder names of bulk downloads: Moodle's
 * `NAME_123_assignsubmission_file` is "Participant 123", Canvas' `name_[LATE_]123_456_file` is 123. Else empty, as where
 * a name has two such numbers: a display name may be the student's own making, and one of them another student's.
 */
function gradebookId(name: string): string {
  const [moodle, second] = name.matchAll(/_(\d+)(?=_assignsubmission_)/g)
  if (moodle) return second ? '' : `Participant ${moodle[1]}`
  return /^[^_]+_(?:LATE_)?(\d+)_\d+_/.exec(name)?.[1] ?? ''
}

/** Empty where it is not known whether the work was late. */
function lateSeconds({ submittedAt, due, late }: SubmissionResult): number | '' {
  return submittedAt === undefined || due === undefined ? '' : (late?.bySeconds ?? 0)
}
