/** Announces a message of four gigabytes. */
import { writeSync } from 'node:fs'

export async function answer() {
  writeSync(3, Buffer.from([255, 255, 255, 255]))
  return 42
}

export async function other(a, b) {
  return a + b
}
