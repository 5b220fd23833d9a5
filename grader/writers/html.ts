import { defuse } from '#grader/defuse.ts'
import type { Graded } from '#grader/grade.ts'
import type { Prediction } from '#grader/learner/predictions/predictions.ts'
import type { ExerciseResult, Finding, TaskResult } from '#grader/result.ts'
import { embedAttachments, type Embedded } from './embed.ts'
import { invalidWarning, latenessLine, missingLine } from './feedback.ts'
import { embeddedHtml, escapeHtml, taskHtml } from './html-parts.ts'
import { oneLine } from './one-line.ts'
import type { Writer } from './writer.ts'

const MOST_PICTURE_BYTES = 30_000_000

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
pre{white-space:pre-wrap;background:#8882;padding:.6rem;border-radius:.3rem}img{max-width:100%}figure{margin:1rem 0}
summary{cursor:pointer;display:flow-root list-item}summary b{float:right;font-weight:normal}th,td{text-align:left;padding:.1rem 1rem .1rem 0}.pass{color:#1a7f37}.warning{color:#b35900}
:root{color-scheme:light dark}`

/** One page with everything in it, pictures too: to send, to upload, or to open from a workflow's artifacts. */
export const html: Writer = {
  description: 'the report as one page, pictures inside',
  holds: 'one',
  async write(graded: Graded, { header }): Promise<string> {
    const { name, result } = graded
    const embedded = await embedAttachments(graded, MOST_PICTURE_BYTES)
    const title = `${oneLine(name)}: ${result.score} of ${result.maxScore} points`
    const warnings = [invalidWarning(result), latenessLine(result)].filter((line) => line !== null)
    const body = [
      `<h1>${escapeHtml(title)}</h1>`,
      `<p>Model ${escapeHtml(defuse(header.model))} on ${escapeHtml(defuse(header.device))}.</p>`,
      ...warnings.map((line) => `<p class="warning">${escapeHtml(line)}</p>`),
      ...result.exercises.map((exercise) =>
        section(
          exercise,
          embedded.filter((one) => one.exercise === exercise.id),
          graded.predictions.get(exercise.id) ?? [],
        ),
      ),
      ...findings(result.findings.filter(({ rule }) => rule !== 'todo')),
      '<h2>How the code was kept apart</h2>',
      table(
        ['defence', 'held'],
        Object.entries(result.isolation).map(([defence, held]) => [defence, String(held)]),
      ),
    ]
    return page(escapeHtml(title), body.filter((part) => part !== '').join('\n'))
  },
}

/** Nothing in it may load or run anything, whatever a submission wrote. */
function page(title: string, body: string): string {
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
${body}
</html>
`
}

function section(
  exercise: ExerciseResult,
  embedded: readonly Embedded[],
  predictions: readonly Prediction[],
): string {
  const isPredicted = predictions.some(({ answer }) => answer !== '')
  const missing = missingLine(exercise)
  const rows = predictions.map(({ question, answer, measured }) => [question, answer, measured])
  return [
    `<h2>${escapeHtml(exercise.title)}: ${exercise.score}/${exercise.maxScore}</h2>`,
    ...(missing === null ? [] : [`<p class="warning">${escapeHtml(missing)}</p>`]),
    ...exercise.tasks.map(taskDetails),
    ...embedded.map(embeddedHtml),
    ...(isPredicted ? [table(['question', 'predicted', 'measured'], rows)] : []),
  ].join('\n')
}

/** Open where there is something to read. */
function taskDetails(task: TaskResult): string {
  const isOpen = task.status !== 'pass' && task.status !== 'not-attempted'
  const points = `<b>${task.score}/${task.maxScore}</b>`
  const mark = task.status === 'pass' ? '<span class="pass">✓</span> ' : ''
  const summary = `<summary>${mark}${escapeHtml(oneLine(task.title))} ${points}</summary>`
  return `<details${isOpen ? ' open' : ''}>${summary}${taskHtml(task)}</details>`
}

function table(head: string[], rows: string[][]): string {
  const row = (cells: string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(defuse(cell))}</${tag}>`).join('')}</tr>`
  return `<table>${row(head, 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table>`
}

function findings(found: readonly Finding[]): string[] {
  if (found.length === 0) return []
  const items = found.map(
    ({ file, line, message }) =>
      `<li><code>${escapeHtml(defuse(file))}:${line}</code> ${escapeHtml(defuse(message))}</li>`,
  )
  return [
    '<h2>Seen in the code</h2><p>For a person to judge; no points depend on it.</p>',
    `<ul>${items.join('')}</ul>`,
  ]
}
