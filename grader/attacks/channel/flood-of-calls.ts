/** Calls and calls over the channel itself, and reads no answer. */
import fs from 'node:fs'

const text = (value) => {
  const bytes = Buffer.from(value, 'utf16le')
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([length, bytes])
}
const string = (value) => Buffer.concat([Buffer.of(5), text(value)])
const body = Buffer.concat([
  ...[Buffer.of(8, 5, 0, 0, 0), text('type'), string('call'), text('id'), string('1')],
  ...[text('reference'), string('none'), text('method'), string('generate'), text('args'), Buffer.of(1)],
])

function frame() {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(body.length)
  return Buffer.concat([length, body])
}

export async function answer() {
  const id = Buffer.from('x'.repeat(60), 'utf16le')
  for (let i = 0; i < 40_000; i++) {
    try {
      fs.writeSync(3, frame(i))
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  return 42
}

export async function other(a, b) {
  return a + b
}
