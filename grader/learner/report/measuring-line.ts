import type { MeasurementName } from '../measurements/results.ts'

const WIDTH = 28

const words: Record<MeasurementName, string> = {
  inspection: 'counting parameters',
  attention: 'capturing attention',
  stepCounts: 'drawing at several step counts',
  withoutT5: 'drawing without T5',
  pipelineTrace: 'tracing the pipeline',
  vaeRoundTrip: 'through the VAE and back',
}

/** Says how far the measuring is: a bar on a terminal, one sentence elsewhere. */
export class MeasuringLine {
  readonly #stream: NodeJS.WriteStream
  #work = 0
  #done = 0
  #started = 0

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  start(work: number, subject: string): void {
    this.#work = work
    this.#started = performance.now()
    const sentence = `Measuring ${subject}, once; the next report remembers it.`
    this.#stream.write(`${sentence}\n`)
  }

  advance(name: MeasurementName): void {
    this.#done++
    if (!this.#stream.isTTY) return
    const filled = Math.min(Math.round((WIDTH * this.#done) / this.#work), WIDTH)
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled)
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(0)
    const text = `${bar} ${seconds} s  ${words[name]}`
    this.#stream.write(`\r\u001b[K${text.slice(0, (this.#stream.columns || 80) - 1)}`)
  }

  end(): void {
    if (this.#stream.isTTY && this.#done > 0) this.#stream.write('\r\u001b[K')
  }
}
