import type { ErrorRecord } from './protocol.ts'

/** What a submission's code threw, in its own words. */
export class SubmissionError extends Error {
  readonly code: string | undefined
  readonly task: string | undefined
  readonly location: string | undefined

  constructor({ name, message, code, task, location }: ErrorRecord) {
    super(message)
    this.name = /^\w{1,60}$/.test(name) ? name : 'Error'
    this.code = code
    this.task = task
    this.location = location
  }
}

/** What happened to a submission's process. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError'
  readonly code: 'TIMEOUT' | 'CRASH' | 'REFUSED' | 'NO_FILE'

  constructor(code: SandboxError['code'], problem: string, remedy: string) {
    super(`${problem}\n${remedy}`)
    this.code = code
  }
}
