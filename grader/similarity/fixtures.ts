import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { modulePath, type Exercise } from '#grader/manifest/index.ts'

const FOLDER = 'grader/similarity/fixtures'

/** Correct solutions of an exercise that were written without a look at each other, the reference among them, by name. */
export async function fixtureTexts(exercise: Exercise): Promise<Map<string, string>> {
  const path = modulePath(exercise)
  const texts = new Map<string, string>()
  for (const name of (await readdir(FOLDER)).sort()) {
    const text = await readFile(join(FOLDER, name, path), 'utf8').catch(() => null)
    if (text !== null) texts.set(name, text)
  }
  const reference = await readFile(join('solutions', path), 'utf8').catch(() => null) // a kit may come without solutions
  if (reference !== null) texts.set('reference', reference)
  return texts
}
