/** A table as Markdown writes it, padded so that it can be read as it is: the first column to the left, numbers to the right. */
export function markdownTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column].length), 4))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`
  const rule = widths.map((width, i) => '-'.repeat(i === 0 ? width : width - 1) + (i === 0 ? '' : ':'))
  return [line(head), line(rule), ...body.map(line)].join('\n')
}
