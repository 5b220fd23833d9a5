import { readFile } from 'node:fs/promises'
import writeFileAtomic from 'write-file-atomic'
import type { Exercise } from '#grader/manifest/index.ts'
import { briefPath, NO_ANSWER } from './predictions.ts'

/**
 * Writes the answer to one question into the student's brief, which otherwise stays as it is to the byte.
 * @param index of the question, from 0
 * @param answer in any words; nothing is written as `NO_ANSWER`
 * @throws RangeError when the brief has no such question with a `Your answer:`
 */
export async function writeAnswer(
  exercise: Exercise,
  index: number,
  answer: string,
  root = '.',
): Promise<void> {
  const path = briefPath(exercise, root)
  await writeFileAtomic(path, withAnswer(await readFile(path, 'utf8'), index, answer))
}

/** The brief with another answer. It stays on the line of `Your answer:`, where Markdown gives no word a meaning. */
export function withAnswer(brief: string, index: number, answer: string): string {
  const section = /^## Predict first$[^]*?(?=^## |$(?![^]))/m.exec(brief)
  const items = [...(section?.[0] ?? '').matchAll(/^\d+\. [^]*?(?=^\d+\. |$(?![^]))/gm)]
  const place = /(?<before>^[ \t]*Your answer:)[^]*?(?<after>\s*(?:^[ \t]*Measured:[^]*)?$(?![^]))/m
  const item = items.at(index)
  const found = item && place.exec(item[0])
  if (!section || !item || !found?.groups)
    throw new RangeError(`The brief has no question ${index + 1} to answer.`)
  const { before, after } = found.groups
  const start = section.index + item.index + found.index
  const line = `${before} ${oneLine(answer) || NO_ANSWER}`
  return brief.slice(0, start) + line + after + brief.slice(start + found[0].length)
}

function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim()
}
