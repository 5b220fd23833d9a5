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
    row.ratio.toFixed(2),
    row.levels
      ? `${row.harnessLargest} levels, mean ${row.levels.harness.toFixed(2)}`
      : scientific(row.harnessLargest),
    row.levels
      ? `${row.diffusersLargest} levels, mean ${row.levels.diffusers.toFixed(2)}`
      : scientific(row.diffusersLargest),
    row.magnitude.toPrecision(3),
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

function scientific(value: number): string {
  return Number.isFinite(value) ? value.toExponential(2) : String(value)
}
