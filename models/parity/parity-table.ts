import type { ParityRow } from './judge-case.ts'

const header = [
  'checkpoint',
  'what',
  'height × width',
  'seeds',
  'harness',
  'diffusers fp16',
  'ratio',
  'largest: harness',
  'diffusers',
  'magnitude',
  '',
]

/** A row's cells, as the console and the report show them. */
export function parityCells(row: ParityRow): string[] {
  const verdict = row.pass === null ? 'not judged' : row.pass ? 'pass' : 'FAIL'
  return [
    row.checkpoint,
    row.case === row.output ? row.case : `${row.case} ${row.output}`,
    row.size,
    String(row.seeds),
    scientific(row.harness),
    scientific(row.diffusers),
    finite(row.ratio, (value) => value.toFixed(2)),
    largest(row.harnessLargest, row.levels?.harness),
    largest(row.diffusersLargest, row.levels?.diffusers),
    finite(row.magnitude, (value) => value.toPrecision(3)),
    verdict,
  ]
}

/** The table in Markdown, with the rows' notes below. */
export function parityMarkdown(rows: readonly ParityRow[]): string {
  const lines = [header, header.map((_, i) => (i < 3 ? '---' : '---:')), ...rows.map(parityCells)]
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`)
  const notes = rows.filter(({ note }) => note).map((row) => `- ${row.checkpoint}, ${row.case}: ${row.note}.`)
  return [...table, ...(notes.length ? ['', ...new Set(notes)] : [])].join('\n')
}

/** The largest difference; of pictures in levels, with their mean. */
function largest(value: number, mean: number | null | undefined): string {
  if (mean === undefined) return scientific(value)
  return `${finite(value, String)} levels, mean ${finite(mean, (levels) => levels.toFixed(2))}`
}

function scientific(value: number): string {
  return finite(value, (one) => one.toExponential(2))
}

/** What is not finite comes back from JSON as null. */
function finite(value: number | null, text: (value: number) => string): string {
  return value !== null && Number.isFinite(value) ? text(value) : 'not finite'
}
