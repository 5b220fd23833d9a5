import { Socket } from 'node:net'
import { frame } from '../frames.ts'
import { pack, unpack, type Callable } from '../functions.ts'
import { plainCopy } from '../plain-data.ts'
import { recordOf, type CallMessage, type ErrorRecord, type Message } from '../protocol.ts'
import { raiseFence } from './fence.ts'

/**
 * The whole program of the student's process: import one exercise, answer calls. It is bundled alone, so that
 * nothing of the grader lies on this side of the wall. Nothing here is trusted: the host checks every message.
 */
const CHANNEL = 3
/** The host is trusted. */
const ANY = { bytes: 2 ** 31, values: Infinity, depth: Infinity }

const [, , modulePath] = process.argv
const socket = new Socket({ fd: CHANNEL, readable: true, writable: true })
const exit = process.exit.bind(process)
socket.on('close', () => exit(0))
const channel = frame(socket, ANY, receive, () => exit(1))

const waiting = new Map<string, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
/** The student's callbacks, while the call that handed them over lasts. */
const callbacks = new Map<string, Callable>()
let exercise: Record<string, unknown> = {}
let counter = 0

raiseFence(writeLine(process.stdout))
void channel.send({ type: 'started' })
try {
  exercise = (await import(modulePath)) as Record<string, unknown>
  void channel.send({ type: 'loaded' })
} catch (error) {
  void channel.send({ type: 'broken', error: recordOf(error) })
}

function receive(received: unknown): void {
  const message = received as Message
  if (message.type === 'call') void answer(message)
  if (message.type === 'return') waiting.get(message.id)?.resolve(message.value)
  if (message.type === 'throw') waiting.get(message.id)?.reject(errorOf(message.error))
}

async function answer({ id, reference, method, args }: CallMessage): Promise<void> {
  try {
    if (reference === '') callbacks.clear()
    const target = reference === '' ? exercise[method] : callbacks.get(reference)
    if (typeof target !== 'function') throw new TypeError(`The module exports no function ${method}.`)
    const value = await (target as Callable)(...(unpack(args, callHost) as unknown[]))
    void channel.send({ type: 'return', id, value: plainCopy(value, `${method}()`) })
  } catch (error) {
    void channel.send({ type: 'throw', id, error: recordOf(error) })
  }
}

async function callHost(reference: string, method: string, args: unknown[]): Promise<unknown> {
  const id = `${++counter}`
  const packed = pack(
    args,
    () => null,
    (callback) => {
      const name = `callback-${++counter}`
      callbacks.set(name, callback as Callable)
      return name
    },
  )
  packed.value = plainCopy(packed.value, `An argument of ${method}()`)
  try {
    return await new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      void channel.send({ type: 'call', id, reference, method, args: packed } satisfies Message)
    })
  } finally {
    waiting.delete(id)
  }
}

function errorOf({ name, message, code }: ErrorRecord): Error {
  return Object.assign(new Error(message), { name, code })
}

function writeLine(stream: NodeJS.WriteStream): (line: string) => void {
  return (line) => void stream.write(`${line}\n`)
}
