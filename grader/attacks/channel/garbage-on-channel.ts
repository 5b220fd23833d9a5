/** Reaches the channel itself, where nothing guards it, and writes rubbish. */
import { writeSync } from 'node:fs'

export async function answer() {
  writeSync(3, '\u0001\u0002\u0003\u0000not a message at all')
  return 42
}

export async function other(a, b) {
  return a + b
}
