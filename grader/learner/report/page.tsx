import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { maxScore, taskCount } from '#grader/manifest/index.ts'
import { renderToString } from 'preact-render-to-string'
import { ExerciseSection } from './exercise-section.tsx'
import { Overview, tally } from './progress.tsx'
import type { ReportData } from './report-data.ts'

const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short' })

/** The report as one HTML document: no script, and nothing that is fetched. */
export async function reportPage(data: ReportData): Promise<string> {
  const css = await readFile(new URL('report.css', import.meta.url), 'utf8')
  return `<!doctype html>\n${renderToString(<Page data={data} css={css} />)}\n`
}

function Page({ data, css }: { data: ReportData; css: string }) {
  const { exercises, measured, model, device, processor, writtenAt } = data
  const tallies = exercises.map(tally)
  const passed = tallies.reduce((sum, one) => sum + one.passed, 0)
  const points = tallies.reduce((sum, one) => sum + one.points, 0)
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy(css)} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>SD3 Workshop: my report</title>
        <style dangerouslySetInnerHTML={{ __html: css }} />
      </head>
      <body>
        <a class="skip" href="#progress">
          To the progress
        </a>
        <header>
          <h1>Stable Diffusion 3: my report</h1>
          <p class="muted">
            {passed} of {taskCount()} tasks and {points} of {maxScore()} points. {model} on {device},{' '}
            {processor}
            {measured.at && <>, measured {date.format(measured.at)}</>}.
          </p>
        </header>
        <main id="progress" tabindex={-1}>
          <Overview exercises={exercises} />
          {exercises.map((reported) => (
            <ExerciseSection key={reported.exercise.id} reported={reported} measured={measured} />
          ))}
        </main>
        <footer>
          Written by <code>npm run report</code> on {date.format(writtenAt)}. Progress is what{' '}
          <code>npm test</code> last found; <code>npm run report -- --fresh</code> measures anew. Predictions
          are never marked.
        </footer>
      </body>
    </html>
  )
}

/** Nothing may be loaded or run, whatever a prediction or a printed text holds; of styles only the page's own. */
function policy(css: string): string {
  const hash = createHash('sha256').update(css).digest('base64')
  return `default-src 'none'; img-src data:; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
}
