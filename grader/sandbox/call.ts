import { randomUUID } from 'node:crypto'
import { SandboxError, SubmissionError } from './errors.ts'
import { pack, type Callable, type Methods, type Packed } from './functions.ts'
import { limits } from './limits.ts'
import { checkModelCall, pipelineHandle, pixelsOf } from './pipeline-gate.ts'
import { copyPlainData } from './plain-data.ts'
import { readErrorRecord, recordOf, type CallMessage, type Message } from './protocol.ts'
import { StudentClock } from './student-clock.ts'

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
  readonly #send: (message: Message) => void
  readonly #waiting = new Map<string, Waiting>()
  readonly #references = new Map<string, Methods>()
  readonly #clock: StudentClock
  #modelCalls = 0
  #pixels = 0

  constructor(
    send: (message: Message) => void,
    name: string,
    args: readonly unknown[],
    milliseconds: number,
    onTimeout: () => void,
  ) {
    this.#send = send
    this.#clock = new StudentClock(milliseconds, onTimeout)
    this.result = this.#ask(this.#id, '', name, args, `${name}()`)
  }

  /** Ends the call without an answer. */
  fail(error: Error): void {
    this.#clock.stop()
    this.#references.clear()
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }

  receive(received: unknown): void {
    const message = received as Partial<Message> | null
    if (message?.type === 'call') void this.#perform(message as CallMessage)
    if (message?.type === 'return') this.#waiting.get(message.id ?? '')?.resolve(message.value)
    if (message?.type === 'throw') {
      this.#waiting.get(message.id ?? '')?.reject(new SubmissionError(readErrorRecord(message.error)))
    }
    if (message?.type === 'return' || message?.type === 'throw') {
      // With its own answer the call is over, and with it whatever the submission did not await.
      if (message.id === this.#id)
        this.fail(new SandboxError('CRASH', 'The call is over.', 'Await every promise.'))
    }
  }

  /** Calls something on the submission's side and copies what comes back. */
  async #ask(
    id: string,
    reference: string,
    method: string,
    args: readonly unknown[],
    what: string,
  ): Promise<unknown> {
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
    this.#send({ type: 'call', id, reference, method, args: this.#pack(args) })
    const value = await answer
    this.#waiting.delete(id)
    return copyPlainData(value, what)
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
  async #perform({ id, reference, method, args }: CallMessage): Promise<void> {
    try {
      const methods = this.#references.get(reference)
      if (!methods || !Object.hasOwn(methods, method)) throw new Error(`${method} cannot be called now.`)
      if (++this.#modelCalls > limits.modelCalls)
        throw new RangeError(`More than ${limits.modelCalls} calls of the pipeline.`)
      const values = this.#readArguments(method, args)
      const value = await this.#clock.pausedDuring(() =>
        this.#withPixels(pixelsOf(method, values), async () => methods[method](...values)),
      )
      this.#send({ type: 'return', id, value })
    } catch (error) {
      this.#send({ type: 'throw', id, error: recordOf(error) })
    }
  }

  async #withPixels<T>(pixels: number, work: () => Promise<T>): Promise<T> {
    if (!(this.#pixels + pixels <= limits.pixelsAtOnce)) {
      const most = `${limits.pixelsAtOnce} pixels`
      throw new RangeError(`More than ${most} at the same time.\nMake fewer or smaller pictures, one by one.`)
    }
    this.#pixels += pixels
    try {
      return await work()
    } finally {
      this.#pixels -= pixels
    }
  }

  #readArguments(method: string, { value, functions }: Packed): unknown[] {
    const args = copyPlainData(value, `An argument of ${method}()`)
    if (!Array.isArray(args)) throw new TypeError('No list of arguments.')
    checkModelCall(method, args)
    if (method !== 'generate') return args
    const [callback] = functions
    const isCallback = callback?.path.join('.') === '0.callbackOnStepEnd'
    const onStepEnd: Callable = (...step) => {
      // Also without a callback: this is where a generation for a call that is over stops.
      if (!this.#waiting.has(this.#id)) throw new Error('The call is over.')
      return isCallback ? this.#callBack(callback.reference, step) : undefined
    }
    return [{ ...(args[0] as object), callbackOnStepEnd: onStepEnd }]
  }

  #callBack(reference: string, step: unknown[]): Promise<unknown> {
    const what = 'The result of callbackOnStepEnd'
    return this.#clock.runningDuring(() => this.#ask(randomUUID(), reference, '', step, what))
  }
}
