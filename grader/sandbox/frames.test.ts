import { duplexPair } from 'node:stream'
import { serialize } from 'node:v8'
import { expect, it } from 'vitest'
import { frame } from './frames.ts'

const LARGEST = 1000

/** One end framed and listening, the other raw. */
function ends() {
  const [near, far] = duplexPair()
  const messages: unknown[] = []
  const errors: string[] = []
  const frames = frame(
    near,
    LARGEST,
    (message) => messages.push(message),
    (reason) => errors.push(reason),
  )
  return { frames, far, messages, errors }
}

function framed(value: unknown): Buffer {
  const body = serialize(value)
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
    LARGEST,
    () => {},
    () => {},
  )
  frame(
    b,
    LARGEST,
    (message) => received.push(message),
    () => {},
  )
  send({ dims: [2], data: Float32Array.of(1, 2), none: undefined })
  send('second')
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
  expect({ messages, errors }).toEqual({ messages: [], errors: ['a message of 1001 bytes, more than 1000'] })
})

it('breaks off at bytes that are no value', async () => {
  const { far, messages, errors } = ends()
  far.write(Buffer.from([3, 0, 0, 0, 1, 2, 3]))
  far.write(framed('later'))
  await arrived()
  expect({ messages, errors }).toEqual({ messages: [], errors: ['a message that cannot be read'] })
})

it('refuses to send what cannot be cloned', () => {
  expect(() => ends().frames.send(() => {})).toThrow('could not be cloned')
})
