import { readFile, writeFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'
import { bundledWeights } from './bundled.ts'

/** What specs hand to a student, by exercise and name: `02-joint-attention/attention-mass`. Of pictures, the caption. */
export type Printed = Record<string, string>

/** Where the texts take their measured numbers from. */
const printedFile = 'grader/text/printed.json'

interface Noted {
  /** The bundled weights that the specs ran on. */
  weights: string
  printed: Printed
}

export async function readPrinted(): Promise<Noted> {
  return JSON.parse(await readFile(printedFile, 'utf8')) as Noted
}

/** @returns the file that was written */
export async function notePrinted(printed: Printed): Promise<string> {
  const noted: Noted = { weights: await bundledWeights(), printed }
  const options = { ...(await resolveConfig(printedFile)), filepath: printedFile }
  await writeFile(printedFile, await format(JSON.stringify(noted), options))
  return printedFile
}
