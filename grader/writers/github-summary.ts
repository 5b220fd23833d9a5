import type { Graded } from '#grader/grade.ts'
import { cutLines } from './cut.ts'
import { markdownIndex, markdownReport } from './markdown.ts'
import type { Writer } from './writer.ts'

/** GitHub drops a step's summary of 1 MiB, at times without a word when it only comes near. */
const MOST_BYTES = 1_000_000
const NOTE =
  '**Cut here: GitHub shows no longer summary. The full report is among the artifacts of this run.**'

/** A step summary. GitHub shows neither data URLs nor files of a run in it, so pictures are named, not shown. */
export const githubSummary: Writer = {
  description: 'Markdown to append to $GITHUB_STEP_SUMMARY, within its limit, pictures named',
  holds: 'many',
  write(graded: readonly Graded[], { header }) {
    const reports = graded.map((one) => markdownReport(header, one, '.', { isSummary: true }))
    const text = graded.length === 1 ? reports[0] : [markdownIndex(graded, () => null), ...reports].join('\n')
    return cutLines(text, MOST_BYTES, NOTE)
  },
}
