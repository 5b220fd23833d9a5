import { formatBytes, formatSeconds } from './bytes.ts'

/** The rate is that of the last seconds, not of the whole time. */
const WINDOW_MS = 8000
const REDRAW_MS = 200
/** Before this the rate says nothing. */
const SETTLED_S = 1
const BAR = 20

/** How far a download is: what is here, how fast more comes, and how long the rest will take. */
export class ByteProgress {
  /** Bytes in all. */
  total: number
  private done = 0
  private fetched = 0
  /** When how many bytes had been fetched, oldest first. */
  private readonly samples: { at: number; fetched: number }[] = []
  private drawnAt = -Infinity
  private readonly now: () => number
  private readonly out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>

  constructor(
    total: number,
    out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr,
    now = () => performance.now(),
  ) {
    this.total = total
    this.out = out
    this.now = now
    this.samples.push({ at: now(), fetched: 0 })
  }

  /** Bytes that are here. */
  get bytes(): number {
    return this.done
  }

  /** Counts bytes and redraws the line now and then, if a person is watching. */
  add(count: number, from: 'kept' | 'fetched'): void {
    const now = this.now()
    // Asking the hub takes time too, and is no part of the rate.
    if (from === 'fetched' && this.fetched === 0) this.samples.splice(0, Infinity, { at: now, fetched: 0 })
    this.done += count
    if (from === 'fetched') this.fetched += count
    if (now - this.drawnAt < REDRAW_MS) return
    this.drawnAt = now
    this.samples.push({ at: now, fetched: this.fetched })
    while (this.samples.length > 2 && now - this.samples[0].at > WINDOW_MS) this.samples.shift()
    if (this.out.isTTY) this.out.write(`\r${this.text()}\x1b[K`)
  }

  /** For instance `████░░░░  3.21 GB of 15.46 GB  112.0 MB/s  1 min 50 s left`. */
  text(): string {
    const share = this.total > 0 ? Math.min(1, Math.max(0, this.done / this.total)) : 1
    const filled = Math.round(BAR * share)
    const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled)
    const rate = this.rate()
    const left = this.total - this.done
    const speed = rate > 0 ? `  ${formatBytes(rate)}/s  ${formatSeconds(left / rate)} left` : ''
    return `${bar}  ${formatBytes(this.done)} of ${formatBytes(this.total)}${speed}`
  }

  /** Clears the line, for others to write. */
  clear(): void {
    if (this.out.isTTY) this.out.write('\r\x1b[K')
    this.drawnAt = -Infinity
  }

  /** Bytes a second that came over the network. */
  private rate(): number {
    const [first] = this.samples
    const seconds = (this.now() - first.at) / 1000
    return seconds >= SETTLED_S ? (this.fetched - first.fetched) / seconds : 0
  }
}
