import { wrapAnsi } from 'fast-wrap-ansi'

/** Breaks a line to a terminal's width; what goes on is indented as it began. */
export function wrapLine(line: string, columns: number): string[] {
  const [indent] = /^ */.exec(line)!
  const width = Math.max(10, columns - indent.length)
  return wrapAnsi(line.slice(indent.length), width, { hard: true, trim: false })
    .split('\n')
    .map((part, i) => indent + (i === 0 ? part : part.trimStart()))
}
