import { defuse } from '#grader/defuse.ts'
import { escapeHtml } from '#grader/writers/html-parts.ts'
import type { Unread } from './collect.ts'
import type { Lines } from './fragments.ts'
import type { Pair } from './rank.ts'

export const WARNING =
  'This is a hint for a person, not a verdict. Short tasks have few right answers, and people who learn together write alike: read both files and ask both people before you conclude anything.'

const LONGEST_TABLE = 20
const MOST_FRAGMENTS = 12
const LONGEST_FRAGMENT = 60

/** The ranking for the terminal. */
export function textReport(pairs: readonly Pair[], unread: readonly Unread[]): string {
  const rows = pairs.slice(0, LONGEST_TABLE).map(({ similarity, bits, exercise, left, right, tasks }) => {
    const alike = tasks.slice(0, 3).map((task) => `${task.title} ${percent(task.similarity)}`)
    const row = `${percent(similarity).padStart(5)} ${bits.toFixed(0).padStart(6)} bits  ${exercise.id.slice(0, 2)}  ${defuse(left.author)} – ${defuse(right.author)}`
    return alike.length === 0 ? row : `${row}  (${alike.join(', ')})`
  })
  const skipped = unread.map(({ author, reason }) => `not compared: ${defuse(author)}: ${defuse(reason)}`)
  return [WARNING, '', ...rows, ...skipped].join('\n')
}

/** The pairs side by side: tasks, then the shared pieces with the lines of both files. Nothing in it is run or fetched. */
export function htmlReport(pairs: readonly Pair[], unread: readonly Unread[]): string {
  const body = [
    '<h1>Similar submissions</h1>',
    `<p class="warning">${WARNING}</p>`,
    '<p>Similarity is the weight of the shared code by the weight of the smaller file. Weight is counted in bits: what the task, the stub or many files have in common weighs nothing or little. A high similarity that rests on few bits says little.</p>',
    table(pairs),
    ...pairs.map(section),
    unread.length === 0 ? '' : '<h2>Not compared</h2>',
    ...unread.map(({ author, reason }) => `<p>${safe(author)}: ${safe(reason)}</p>`),
  ]
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Similar submissions</title>
<style>${STYLE}</style>
${body.filter((part) => part !== '').join('\n')}
</html>
`
}

function table(pairs: readonly Pair[]): string {
  const rows = pairs.map(({ similarity, bits, exercise, left, right }, i) => {
    const cells = [percent(similarity), bits.toFixed(0), exercise.title, left.author, right.author]
    return `<tr><td><a href="#pair-${i + 1}">${i + 1}</a></td>${cells.map((cell) => `<td>${safe(cell)}</td>`).join('')}</tr>`
  })
  return `<table><tr><th></th><th>similarity</th><th>bits</th><th>exercise</th><th></th><th></th></tr>${rows.join('\n')}</table>`
}

function section({ similarity, exercise, left, right, tasks, fragments }: Pair, i: number): string {
  const names = `${safe(left.author)} and ${safe(right.author)}`
  const parts = tasks.map(
    (task) => `<li>${safe(task.title)}: ${percent(task.similarity)}, ${task.bits.toFixed(0)} bits</li>`,
  )
  const [ours, theirs] = [left, right].map(({ text }) => text.split('\n'))
  const pieces = fragments
    .slice(0, MOST_FRAGMENTS)
    .map((piece) => `<tr><td>${code(ours, piece.left)}</td><td>${code(theirs, piece.right)}</td></tr>`)
  const rest = fragments.length - pieces.length
  return [
    `<h2 id="pair-${i + 1}">${i + 1}. ${names}: ${safe(exercise.title)}, ${percent(similarity)}</h2>`,
    `<ul>${parts.join('')}</ul>`,
    `<table class="sides"><tr><th>${safe(left.author)}</th><th>${safe(right.author)}</th></tr>${pieces.join('\n')}</table>`,
    rest > 0 ? `<p>${rest} smaller pieces are not shown.</p>` : '',
  ].join('\n')
}

function code(lines: string[], { from, to }: Lines): string {
  const last = Math.min(to, from + LONGEST_FRAGMENT - 1)
  const numbered = lines
    .slice(from - 1, last)
    .map((line, i) => `${String(from + i).padStart(4)}  ${line.slice(0, 200)}`)
  const more = last < to ? [`      … to line ${to}`] : []
  return `<pre>${[...numbered, ...more].map(safe).join('\n')}</pre>`
}

function safe(text: string): string {
  return escapeHtml(defuse(text))
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

const STYLE = `body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 90em; padding: 0 1em }
table { border-collapse: collapse } th, td { text-align: left; padding: 0.2em 0.8em; vertical-align: top }
.sides { width: 100%; table-layout: fixed } .sides td { border-top: 1px solid #ccc }
pre { overflow-x: auto; font-size: 12px } .warning { border-left: 4px solid #c60; padding-left: 1em }`
