import { randomUUID } from 'node:crypto'
import { SandboxError, SubmissionError } from './errors.ts'
import { pack, type Callable, type Methods, type Packed } from './functions.ts'
import { limits } from './limits.ts'
import { checkModelCall, pipelineHandle, pixelsOf } from './pipeline-gate.ts'
import { Room } from './room.ts'
import { readErrorRecord, recordOf, type CallMessage, type Message } from './protocol.ts'
import { StudentClock } from './student-clock.ts'

/** A runtime's own ids are a few digits. */
const LONGEST_ID = 64

interface Waiting {
  resolve: (value: unknown) => void
  reject: (error: Error) => void
}

/**
 * One call of a submission's function, from its sending to its answer: the references its arguments opened, the
 * callbacks it handed in, its clock. Everything received is taken for hostile; an answer without the right,
 * unguessable id is no answer.
 */
export class Call {
  readonly result: Promise<unknown>
  readonly #id = randomUUID()
  readonly #send: (message: Message) => Promise<void>
  readonly #waiting = new Map<string, Waiting>()
  readonly #references = new Map<string, Methods>()
  readonly #clock: StudentClock
  readonly #room = new Room(limits.pixelsAtOnce)
  #modelCalls = 0
  #failedCalls = 0
  #heldBytes = 0

  constructor(
    send: (message: Message) => Promise<void>,
    name: string,
    args: readonly unknown[],
    milliseconds: number,
    onTimeout: () => void,
  ) {
    this.#send = send
    this.#clock = new StudentClock(milliseconds, onTimeout)
    this.result = this.#ask(this.#id, '', name, args)
  }

  /** Ends the call without an answer. */
  fail(error: Error): void {
    this.#clock.stop()
    this.#references.clear()
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }

  /** @param bytes the message's size */
  receive(received: unknown, bytes: number): void {
    const message = received as Partial<Message> | null
    const { id } = Object(message) as { id?: unknown }
    if (typeof id !== 'string' || id.length > LONGEST_ID) return
    if (message?.type === 'call') void this.#perform(message as CallMessage, bytes)
    if (message?.type === 'return') this.#waiting.get(id)?.resolve(message.value)
    if (message?.type === 'throw') {
      this.#waiting.get(id)?.reject(new SubmissionError(readErrorRecord(message.error)))
    }
    if (message?.type === 'return' || message?.type === 'throw') {
      // With its own answer the call is over, and with it whatever the submission did not await.
      if (id === this.#id) this.fail(callIsOver())
    }
  }

  /** Calls something on the submission's side. */
  async #ask(id: string, reference: string, method: string, args: readonly unknown[]): Promise<unknown> {
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
    void this.#send({ type: 'call', id, reference, method, args: this.#pack(args) })
    const value = await answer
    this.#waiting.delete(id)
    return value
  }

  #pack(args: readonly unknown[]): Packed {
    return pack(args, pipelineHandle, (target) => {
      const methods = typeof target === 'function' ? { '': target } : target
      const known = [...this.#references].find(([, held]) => held === methods)
      if (known) return known[0]
      const reference = randomUUID()
      this.#references.set(reference, methods)
      return reference
    })
  }

  /** The submission uses something it was handed: the pipeline, as a rule. */
  async #perform({ id, reference, method, args }: CallMessage, bytes: number): Promise<void> {
    this.#heldBytes += bytes
    try {
      const methods = this.#references.get(reference)
      // `['generate']` would name the method too, and be none of those that are checked below.
      const isName = typeof method === 'string'
      if (!methods || !isName || !Object.hasOwn(methods, method))
        throw new Error(`${isName ? method : 'That'} cannot be called now.`)
      if (++this.#modelCalls > limits.modelCalls)
        throw new RangeError(`More than ${limits.modelCalls} calls of the pipeline.`)
      if (this.#heldBytes > limits.heldBytes)
        throw new RangeError('Too much at the same time.\nAwait each call of the pipeline before the next.')
      checkModelCall(method, args.value)
      const pixels = pixelsOf(method, args.value)
      if (!this.#room.holds(pixels))
        throw new RangeError(
          `More than ${limits.pixelsAtOnce} pixels at once.\nMake fewer or smaller pictures.`,
        )
      const values = this.#readArguments(method, args, pixels)
      await this.#clock.pausedDuring(() =>
        this.#room.during(pixels, async () => {
          if (!this.#waiting.has(this.#id)) throw callIsOver()
          const value = await methods[method](...values)
          // Until it has been read it takes as much memory, and reading is the submission's business.
          await this.#clock.runningDuring(() => this.#send({ type: 'return', id, value }))
        }),
      )
    } catch (error) {
      this.#answerFailed(id, error)
    } finally {
      this.#heldBytes -= bytes
    }
  }

  #answerFailed(id: string, error: unknown): void {
    if (++this.#failedCalls <= limits.failedCalls)
      void this.#send({ type: 'throw', id, error: recordOf(error) })
  }

  #readArguments(method: string, { value: args, functions }: Packed, pixels: number): unknown[] {
    if (!Array.isArray(args)) throw new TypeError('No list of arguments.')
    if (method !== 'generate') return args
    const [callback] = functions
    const isCallback = callback?.path.join('.') === '0.callbackOnStepEnd'
    const onStepEnd: Callable = (...step) => {
      // Also without a callback: this is where a generation for a call that is over stops.
      if (!this.#waiting.has(this.#id)) throw callIsOver()
      return isCallback ? this.#callBack(callback.reference, step, pixels) : undefined
    }
    return [{ ...(args[0] as object), callbackOnStepEnd: onStepEnd }]
  }

  #callBack(reference: string, step: unknown[], pixels: number): Promise<unknown> {
    return this.#room.outside(pixels, () =>
      this.#clock.runningDuring(() => this.#ask(randomUUID(), reference, '', step)),
    )
  }
}

function callIsOver(): SandboxError {
  return new SandboxError('CRASH', 'The call is over.', 'Await every promise.')
}
