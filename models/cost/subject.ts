import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { HarnessError } from '#harness'

export const parts = ['encode', 'steps', 'decode', 'picture'] as const
export type Part = (typeof parts)[number]

/** What a subject is asked to do, `repeats` times in a row. */
export interface Request {
  part: Part
  repeats: number
  /** Pixels on a side. */
  size: number
  steps: number
  prompt: string
  seed: number
}

export interface Answer {
  /** When it is ready. */
  versions?: Record<string, string>
  threads?: number
  /** Of each repeat. */
  seconds?: number[]
  /** The last picture's bytes in base64. */
  picture?: string
  error?: string
  repair?: string
}

/** A subject that cannot be measured. */
export class SubjectError extends HarnessError {
  constructor(problem: string, remedy: string) {
    super('SUBJECT', problem, remedy)
  }
}

/** A process of its own that does what is timed and then waits: nothing of it runs while another is measured. */
export class Subject {
  readonly name: string
  versions: Record<string, string> = {}
  private readonly child: ChildProcess
  private readonly answers: AsyncIterator<string>
  private readonly ended: Promise<string>

  /** @throws SubjectError when it cannot start, or says why it cannot be measured */
  static async start(name: string, command: string[], environment: NodeJS.ProcessEnv): Promise<Subject> {
    const subject = new Subject(name, command, environment)
    const { versions, threads } = await subject.answer()
    subject.versions = versions ?? {}
    const asked = Number(environment.SD3_THREADS)
    if (threads === asked) return subject
    subject.stop()
    throw new SubjectError(`${name} runs on ${threads} threads, not on ${asked}.`, 'Pass fewer --threads.')
  }

  private constructor(name: string, [command, ...args]: string[], env: NodeJS.ProcessEnv) {
    this.name = name
    this.child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    this.answers = createInterface(this.child.stdout!)[Symbol.asyncIterator]()
    let said = ''
    this.child.stderr!.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)))
    this.child.stdin!.on('error', () => {}) // Whoever has ended says so below.
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => resolve(error.message))
      this.child.on('close', (code) =>
        resolve(`exit code ${code}: ${said.trim().split('\n').at(-1) ?? ''}`.trim()),
      )
    })
  }

  /** @throws SubjectError when it fails, or ends */
  async run(request: Request): Promise<{ seconds: number[]; picture?: string }> {
    this.child.stdin!.write(`${JSON.stringify(request)}\n`)
    const { seconds, picture } = await this.answer()
    return { seconds: seconds!, ...(picture && { picture }) }
  }

  /** It ends when there are no more requests. */
  stop(): void {
    this.child.stdin!.end()
  }

  private async answer(): Promise<Answer> {
    const ended = this.ended.then((reason) => ({ reason }))
    const next = await Promise.race([this.answers.next(), ended.then(() => this.answers.next())])
    if (next.done) {
      const { reason } = await ended
      const repair = reason.includes('ENOENT')
        ? 'Install Python with models/training/requirements.txt, or pass --python with its path.'
        : 'Its own output ends so; start it alone to see more.'
      throw new SubjectError(`${this.name} cannot be measured: ${reason}`, repair)
    }
    const answer = JSON.parse(next.value) as Answer
    if (answer.error !== undefined) {
      this.stop()
      throw new SubjectError(`${this.name} cannot be measured: ${answer.error}`, answer.repair ?? '')
    }
    return answer
  }
}
