import type { Graded } from '#grader/grade.ts'
import type { Report, ReportHeader } from '#grader/result.ts'

/** One submission's grade is the report itself; several are a list under their names. */
export function jsonReport(header: ReportHeader, graded: readonly Graded[]): string {
  const report: Report =
    graded.length === 1
      ? { ...header, ...graded[0].result }
      : { ...header, submissions: graded.map(({ name, result }) => ({ name, ...result })) }
  return `${JSON.stringify(report, null, 2)}\n`
}
