import { duplexPair } from 'node:stream'
import { expect, it } from 'vitest'
import { encode } from './encode.ts'
import { frame } from './frames.ts'

const limits = { bytes: 1000, values: 100, depth: 10 }

/** One end framed and listening, the other raw. */
function ends() {
  const [near, far] = duplexPair()
  const messages: unknown[] = []
  const errors: string[] = []
  const frames = frame(
    near,
    limits,
    (message) => messages.push(message),
    (reason) => errors.push(reason),
  )
  return { frames, far, messages, errors }
}

function framed(value: unknown): Buffer {
  const body = encode(value)
  const header = Buffer.alloc(4)
  header.writeUInt32LE(body.length)
  return Buffer.concat([header, body])
}

const arrived = () => new Promise((done) => setTimeout(done, 20))

it('delivers what the other end sends, typed arrays and all', async () => {
  const [a, b] = duplexPair()
  const received: unknown[] = []
  const { send } = frame(
    a,
    limits,
    () => {},
    () => {},
  )
  frame(
    b,
    limits,
    (message) => received.push(message),
    () => {},
  )
  void send({ dims: [2], data: Float32Array.of(1, 2), none: undefined })
  void send('second')
  await arrived()
  expect(received).toEqual([{ dims: [2], data: Float32Array.of(1, 2), none: undefined }, 'second'])
})

it('puts messages together again however they were cut', async () => {
  const { far, messages } = ends()
  const bytes = Buffer.concat([framed('one'), framed([2]), framed({ three: 3 })])
  for (let i = 0; i < bytes.length; i++) far.write(bytes.subarray(i, i + 1))
  far.write(bytes)
  await arrived()
  expect(messages).toEqual(['one', [2], { three: 3 }, 'one', [2], { three: 3 }])
})

it('breaks off at a message that is announced too large, and hears nothing more', async () => {
  const { far, messages, errors } = ends()
  far.write(Buffer.concat([Buffer.from([0xe9, 3, 0, 0]), framed('after')]))
  far.write(framed('later'))
  await arrived()
  expect({ messages, errors }).toEqual({
    messages: [],
    errors: ['a message of 1001 bytes, expected 1 to 1000'],
  })
})

it('breaks off at bytes that are no value', async () => {
  const { far, messages, errors } = ends()
  far.write(Buffer.from([3, 0, 0, 0, 1, 2, 3]))
  far.write(framed('later'))
  await arrived()
  expect({ messages, errors }).toEqual({ messages: [], errors: ['a message that cannot be read'] })
})

it('refuses to send what is no plain data', () => {
  expect(() => ends().frames.send(() => {})).toThrow('A function is no plain data.')
})
