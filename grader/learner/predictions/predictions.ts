import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Exercise } from '#grader/manifest/index.ts'
import { readSource } from '#grader/sandbox/read-source.ts'

/** What a student expected before running anything, from the brief's "Predict first". */
export interface Prediction {
  question: string
  /** Empty when nothing was written; `NO_ANSWER` when the question was passed over. */
  answer: string
  /** What they noted down afterwards, where the brief asks for it. */
  measured: string
}

/** Stands in the brief as the answer to a question that was asked and passed over. */
export const NO_ANSWER = '(no answer)'

/** Reads the predictions in a submitted brief; none when it was not submitted, or cannot be read safely. */
export async function readPredictions(submission: string, { id }: Exercise): Promise<Prediction[]> {
  for (const path of [`exercises/${id}/README.md`, `${id}/README.md`]) {
    const text = await readSource(submission, path).catch(() => null)
    if (text !== null) return parsePredictions(text)
  }
  return []
}

/** The predictions in the student's own brief; none without a brief. @param root the kit's folder */
export async function localPredictions(exercise: Exercise, root = '.'): Promise<Prediction[]> {
  const text = await readFile(briefPath(exercise, root), 'utf8').catch(() => null)
  return text === null ? [] : parsePredictions(text)
}

/** Whether every question of the exercise was answered or passed over, so that its results may be shown. */
export async function arePredictionsAsked(exercise: Exercise, root = '.'): Promise<boolean> {
  return (await localPredictions(exercise, root)).every(({ answer }) => answer !== '')
}

export function briefPath({ id }: Exercise, root = '.'): string {
  return join(root, 'exercises', id, 'README.md')
}

/**
 * Numbered questions under `## Predict first`, each followed by `Your answer:` and perhaps `Measured:`, both at the
 * beginning of a line.
 */
export function parsePredictions(brief: string): Prediction[] {
  const [, section = ''] = brief.split(/^## Predict first$/m)
  const [questions] = section.split(/^## /m)
  const [, ...items] = questions.split(/^\d+\. /m)
  return items.map((item) => {
    const [question, rest] = cut(item, ANSWER)
    const [answer, measured] = cut(rest, MEASURED)
    return { question: oneLine(question), answer: oneLine(answer), measured: oneLine(measured) }
  })
}

const ANSWER = /^[ \t]*Your answer:/m
const MEASURED = /[\r\n][ \t]*Measured:/

function cut(text: string, mark: RegExp): [before: string, after: string] {
  const found = mark.exec(text)
  return found ? [text.slice(0, found.index), text.slice(found.index + found[0].length)] : [text, '']
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ')
}
