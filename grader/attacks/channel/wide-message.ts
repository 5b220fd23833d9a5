/** A message of sixty megabytes that unfolds to gigabytes. */
import { writeSync } from 'node:fs'

export async function answer() {
  const objects = 12_000_000
  const body = Buffer.alloc(5 + 5 * objects)
  body[0] = 7
  body.writeUInt32LE(objects, 1)
  for (let i = 0; i < objects; i++) body[5 + 5 * i] = 8
  const length = Buffer.alloc(4)
  length.writeUInt32LE(body.length)
  const bytes = Buffer.concat([length, body])
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(3, bytes, at)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  return 42
}

export async function other(a, b) {
  return a + b
}
