/** Says that it cannot be loaded, and where, in thirty million letters. */
import fs from 'node:fs'

const text = (value) => {
  const bytes = Buffer.from(value, 'utf16le')
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([length, bytes])
}
const string = (value) => Buffer.concat([Buffer.of(5), text(value)])
const object = (...entries) => {
  const parts = entries.flatMap(([key, value]) => [text(key), value])
  return Buffer.concat([Buffer.of(8, entries.length, 0, 0, 0), ...parts])
}
const location = `exercises/${'a/'.repeat(15_000_000)}`
const error = object(['message', string('lost')], ['location', string(location)])
const body = object(['type', string('broken')], ['error', error])
const length = Buffer.alloc(4)
length.writeUInt32LE(body.length)
const frame = Buffer.concat([length, body])

for (let at = 0; at < frame.length;) {
  try {
    at += fs.writeSync(3, frame, at)
  } catch {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
  }
}

export async function answer() {
  return 42
}

export async function other(a, b) {
  return a + b
}
