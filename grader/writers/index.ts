import { classroom50 } from './classroom50.ts'
import { csv } from './csv.ts'
import { exercism } from './exercism.ts'
import { githubAnnotations } from './github-annotations.ts'
import { githubResult } from './github-result.ts'
import { githubSummary } from './github-summary.ts'
import { gradescope } from './gradescope.ts'
import { html } from './html.ts'
import { jsonReport } from './json.ts'
import { junit } from './junit.ts'
import { markdownReport } from './markdown.ts'
import { prairielearn } from './prairielearn.ts'
import type { Writer } from './writer.ts'

/** Every format that grades can be written in, by the name that `--write` and `--format` take. */
export const writers: Readonly<Record<string, Writer>> = {
  json: {
    description: "the kit's own result, everything in it",
    holds: 'many',
    write: (graded, { header }) => jsonReport(header, graded),
  },
  markdown: {
    description: 'the report, pictures linked',
    holds: 'one',
    write: (graded, { header, folder }) => markdownReport(header, graded, folder),
  },
  html,
  csv,
  junit,
  gradescope,
  classroom50,
  'github-result': githubResult,
  'github-summary': githubSummary,
  'github-annotations': githubAnnotations,
  exercism,
  prairielearn,
}
