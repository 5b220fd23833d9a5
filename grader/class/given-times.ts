import { readFile } from 'node:fs/promises'
import { readMoment } from '#grader/lateness.ts'

/** Times of submission by name, as `--submitted-at` gives them. */
export type GivenTimes = (name: string) => Date | null

/**
 * Reads one time for all, or a file: JSON (`{ "name": "time" }`) or CSV (`name,time`; a first line without a digit in
 * its time is a heading). An accent is the same in both of its spellings: disks and gradebooks differ in them.
 * @throws Error in one line that says what cannot be read
 */
export async function readGivenTimes(text: string): Promise<GivenTimes> {
  const forAll = momentIn(text)
  if (forAll) return () => forAll
  const content = await readFile(text, 'utf8').catch(() => {
    throw new Error(`"${text}" is neither a time such as 2026-05-31T23:59:00Z nor a file of times.`)
  })
  const rows = content.trimStart().startsWith('{') ? rowsOfJson(content, text) : rowsOfCsv(content)
  const times = new Map(rows.map(([name, time]) => [name.normalize('NFC'), readTime(name, time)]))
  return (name) => times.get(name.normalize('NFC')) ?? null
}

function rowsOfJson(content: string, file: string): [string, string][] {
  try {
    return Object.entries(JSON.parse(content) as object).map(([name, time]) => [name, String(time)])
  } catch {
    throw new Error(`${file} is no JSON object of names and times.`)
  }
}

/** The time is what follows the last comma: names may hold some. */
function rowsOfCsv(content: string): [string, string][] {
  const lines = content.split(/\r?\n/).filter((line) => line.trim() !== '')
  const rows = lines.map((line): [string, string] => {
    const cut = line.lastIndexOf(',')
    return [unquoted(line.slice(0, cut)), unquoted(line.slice(cut + 1))]
  })
  return rows.length > 0 && !/\d/.test(rows[0][1]) ? rows.slice(1) : rows
}

function unquoted(cell: string): string {
  const text = cell.trim()
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text
}

function readTime(name: string, time: string): Date {
  const moment = momentIn(time)
  if (moment) return moment
  throw new Error(`The time of ${name} is "${time}"; write it like 2026-05-31T23:59:00Z.`)
}

function momentIn(text: string): Date | null {
  try {
    return readMoment(text)
  } catch {
    return null
  }
}
