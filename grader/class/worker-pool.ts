import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Graded, Submission } from '#grader/grade.ts'
import type { Workshop } from '#grader/workshop.ts'
import type { WorkerAnswer, WorkerOrder } from './worker.ts'

export interface PoolOptions {
  workshop: Workshop
  seed: string
  jobs: number
  /** Threads for each job's networks. */
  threads: number
  /** A submission's time, see `Grader`; its worker is ended some time after. */
  budgetMs: number
}

/** A worker that is this much over a submission's time does not end by itself. */
const GRACE_MS = 120_000
const OPEN_MS = 120_000

/** The worker that graded a submission came to an end; it may not have been the submission's fault. */
export class WorkerLost extends Error {}

/** Workers in processes of their own. Each grades one submission at a time; one that ends is replaced. */
export class WorkerPool {
  readonly #options: PoolOptions
  readonly #idle: Worker[] = []
  readonly #all = new Set<Worker>()
  #isClosed = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** At most as many at a time as there are jobs. Of a closed pool it never says anything. @throws WorkerLost */
  async grade(submission: Submission, pictures: string): Promise<Graded> {
    // A worker that was ended on purpose says nothing about its submission: no second chance, and no grade.
    if (this.#isClosed) return new Promise(() => {})
    const worker = this.#idle.pop() ?? (await this.#start())
    try {
      const most = this.#options.budgetMs + GRACE_MS
      const answer = await worker.ask({ type: 'grade', submission, pictures }, most)
      if (answer.type !== 'graded')
        throw new WorkerLost(answer.type === 'failed' ? answer.message : 'No grade.')
      if (answer.renew) this.#end(worker)
      else this.#idle.push(worker)
      return answer.graded
    } catch (error) {
      this.#end(worker)
      throw error
    }
  }

  close(): void {
    this.#isClosed = true
    for (const worker of this.#all) this.#end(worker)
  }

  async #start(): Promise<Worker> {
    const { workshop, seed, budgetMs, threads } = this.#options
    const worker = new Worker(workshop.folder, threads)
    this.#all.add(worker)
    const answer = await worker.ask({ type: 'open', workshop, seed, budgetMs }, OPEN_MS).catch((error) => {
      this.#end(worker)
      throw error
    })
    if (answer.type === 'failed') throw new Error(`A worker could not start: ${answer.message}`)
    return worker
  }

  #end(worker: Worker): void {
    worker.kill()
    this.#all.delete(worker)
  }
}

/** A worker's process, in a group of its own with all that it starts. */
class Worker {
  readonly #child: ChildProcess
  #ended = false

  /** @param tag part of its command line, by which a later run finds it should it be left behind */
  constructor(tag: string, threads: number) {
    this.#child = fork(fileURLToPath(import.meta.resolve('./worker.ts')), [tag], {
      detached: process.platform !== 'win32',
      serialization: 'advanced',
      // What it prints is not for the report on stdout.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, SD3_THREADS: String(threads) },
    })
    this.#child.on('exit', () => (this.#ended = true))
    this.#child.on('error', () => (this.#ended = true))
  }

  ask(order: WorkerOrder, milliseconds: number): Promise<WorkerAnswer> {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer)
        this.#child.off('message', hear).off('exit', lose)
      }
      const hear = (answer: WorkerAnswer) => {
        done()
        resolve(answer)
      }
      const lose = () => {
        done()
        reject(new WorkerLost('The process that graded it came to an end.'))
      }
      const timer = setTimeout(() => {
        done()
        reject(new WorkerLost(`It took more than ${milliseconds / 1000} seconds.`))
      }, milliseconds)
      this.#child.on('message', hear).on('exit', lose)
      if (this.#ended || !this.#child.send(order, () => {})) lose()
    })
  }

  kill(): void {
    const { pid } = this.#child
    if (pid === undefined || this.#ended) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      this.#child.kill('SIGKILL')
    }
  }
}
