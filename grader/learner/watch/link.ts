import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const BEGIN = '\u001b]8;;'
const END = '\u001b\\'

/** `file:line`, which many terminals open by themselves; for the others a link, where the terminal may be painted. */
export function fileLink(file: string, line: number): string {
  const text = `${file}:${line}`
  if (!process.stdout.isTTY || process.env.NO_COLOR) return text
  return `${BEGIN}${pathToFileURL(resolve(file)).href}#L${line}${END}${text}${BEGIN}${END}`
}
