import type { ClassPlan } from './grade-class.ts'

const WIDTH = 30

/** Says how far a class has come: a bar on a terminal, elsewhere a line for each submission. */
export class ClassProgress {
  readonly #stream: NodeJS.WriteStream
  #total = 0
  #kept = 0
  #done = 0
  #start = 0

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  begin({ total, kept, jobs, threads, seed }: ClassPlan): void {
    this.#total = total
    this.#kept = kept
    this.#start = performance.now()
    const from = kept > 0 ? `${total} submissions, ${kept} of them finished earlier` : `${total} submissions`
    this.#stream.write(`${from}; ${jobs} at a time, ${threads} threads each; seed ${seed}\n`)
  }

  advance(line: string): void {
    const done = ++this.#done
    if (!this.#stream.isTTY) return void this.#stream.write(`${done}/${this.#total} ${line}\n`)
    const filled = Math.round((WIDTH * done) / this.#total)
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled)
    const text = `${bar} ${done}/${this.#total}${this.#left()} ${line}`
    this.#stream.write(`\r\u001b[K${text.slice(0, (this.#stream.columns || 80) - 1)}`)
  }

  end(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[K')
  }

  /** From the time that this run's own submissions took. */
  #left(): string {
    const graded = this.#done - this.#kept
    if (graded < 1 || this.#done === this.#total) return ''
    const seconds = ((performance.now() - this.#start) / 1000 / graded) * (this.#total - this.#done)
    return seconds < 90 ? `, ${Math.round(seconds)} s left` : `, ${Math.round(seconds / 60)} min left`
  }
}
