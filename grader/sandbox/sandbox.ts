import { Call } from './call.ts'
import { SandboxError, SubmissionError } from './errors.ts'
import { limits } from './limits.ts'
import { readErrorRecord, type LifeMessage } from './protocol.ts'
import { startStudentProcess, type StudentProcess } from './student-process.ts'

/**
 * One exercise of one submission in a process of its own, seen from the trusted side. Calls run one after another;
 * after a crash or a time-out the next call finds a fresh process.
 */
export class Sandbox {
  readonly #command: readonly string[]
  readonly #folder: string
  readonly #times: { importMs: number; callMs: number }
  #student: Promise<StudentProcess> | undefined
  #kill = () => {}
  #call: Call | undefined
  #queue: Promise<unknown> = Promise.resolve()

  /**
   * @param command see `launchCommand`
   * @param times how long loading the module and one call may take
   */
  constructor(
    command: readonly string[],
    folder: string,
    times: Pick<typeof limits, 'importMs' | 'callMs'> = limits,
  ) {
    this.#command = command
    this.#folder = folder
    this.#times = times
  }

  /** Calls an exported function. The result is a copy, and plain data. */
  call(name: string, args: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    const turn = this.#queue.then(() => this.#run(name, args, signal))
    this.#queue = turn.catch(() => {})
    return turn
  }

  /** Ends the process; a call under way fails. */
  close(): void {
    this.#kill()
  }

  async #run(name: string, args: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    const givenUp = () =>
      new SandboxError('TIMEOUT', `${name}() was given up.`, 'Look for a promise that never settles.')
    if (signal.aborted) throw givenUp()
    const student = await (this.#student ??= this.#start())
    if (signal.aborted) throw givenUp() // While the process was starting.
    const stop = (error: Error) => {
      call.fail(error)
      student.kill()
    }
    const call = new Call(student.send, name, args, this.#times.callMs, () =>
      stop(tooSlow(`${name}()`, this.#times.callMs)),
    )
    const abort = () => stop(givenUp())
    signal.addEventListener('abort', abort, { once: true })
    this.#call = call
    try {
      return await call.result
    } finally {
      signal.removeEventListener('abort', abort)
      this.#call = undefined
    }
  }

  /** Starts the process and loads the module. A module that cannot be loaded is not tried again. */
  #start(): Promise<StudentProcess> {
    return new Promise((resolve, reject) => {
      const refuse = (error: Error) => {
        clearTimeout(timer)
        reject(error)
        student.kill()
      }
      const timer = setTimeout(
        () => refuse(tooSlow('Importing the module', this.#times.importMs)),
        this.#times.importMs,
      )
      let loaded = false
      const student = startStudentProcess(this.#command, this.#folder, {
        onMessage: (message, bytes) => {
          if (loaded) return this.#call?.receive(message, bytes)
          const life = message as Partial<LifeMessage> | null
          if (life?.type === 'broken') refuse(new SubmissionError(readErrorRecord(life.error)))
          if (life?.type !== 'loaded') return
          clearTimeout(timer)
          loaded = true
          resolve(student)
        },
        onEnd: (reason) => {
          const error = new SandboxError(
            'CRASH',
            `The process ended. ${reason}`,
            'Look for an endless recursion, a huge allocation or a promise that nobody awaits.',
          )
          if (!loaded) return refuse(error)
          this.#student = undefined
          this.#call?.fail(error)
        },
      })
      this.#kill = () => student.kill()
    })
  }
}

function tooSlow(what: string, milliseconds: number): SandboxError {
  return new SandboxError(
    'TIMEOUT',
    `${what} took more than ${milliseconds / 1000} seconds.`,
    'Look for a loop that never ends.',
  )
}
