/** Writes into caches that later submissions read. */
import { mkdirSync, writeFileSync } from 'node:fs'

export async function answer(targets) {
  for (const path of targets.caches) {
    mkdirSync(path, { recursive: true })
    writeFileSync(`${path}/poison.js`, 'poison')
  }
  return 41
}

export async function other(a, b) {
  return a + b
}
