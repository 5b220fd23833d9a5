/** What a section says that has nothing to show. */
export function missing(title: string, stages: string): string {
  return `## ${title}\n\nNot measured: run the stages ${stages}.`
}

export function table(header: string[], rows: string[][]): string {
  const rule = header.map((_, i) => (i === 0 ? '---' : '---:'))
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** A dash where nothing was measured. */
export function number(value: number | undefined, digits: number): string {
  return value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits)
}

/** Of seconds. */
export function milliseconds(value: number | undefined): string {
  return number(value === undefined ? undefined : value * 1000, 1)
}

/** Of a share of 1. */
export function percent(value: number): string {
  return Number.isNaN(value) ? '–' : `${(100 * value).toFixed(0)} %`
}
