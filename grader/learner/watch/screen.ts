import { emitKeypressEvents, type Key } from 'node:readline'
import { wrapLine } from './wrap-line.ts'

/** What is shown: `top` and `bottom` always, of `body` as much as fits. */
export interface View {
  top: string[]
  body: string[]
  bottom: string[]
}

const ESC = '\u001b'
const ENTER = `${ESC}[?1049h${ESC}[?25l`
const LEAVE = `${ESC}[?25h${ESC}[?1049l`
const TO_CORNER = `${ESC}[H`
const CLEAR_LINE = `${ESC}[K`
const CLEAR_BELOW = `${ESC}[J`

const LEAST_BODY = 4

/** The whole terminal, drawn anew on each change and each resize, and given back as it was. */
export class Screen {
  readonly #onKey: (name: string) => void
  #view: View = { top: [], body: [], bottom: [] }
  #offset = 0
  #isOpen = false

  /** @param onKey hears each key by its name, `ctrl-c` among them; not those that scroll */
  constructor(onKey: (name: string) => void) {
    this.#onKey = onKey
  }

  open(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    emitKeypressEvents(process.stdin)
    process.stdin.setRawMode(true)
    process.stdin.on('keypress', this.#hear)
    process.stdin.resume()
    process.stdout.on('resize', this.#draw)
    process.stdout.write(ENTER)
    this.#draw()
  }

  /** Gives the terminal back. May be called twice, and when it is gone. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    process.stdin.off('keypress', this.#hear)
    process.stdout.off('resize', this.#draw)
    process.stdin.setRawMode(false)
    process.stdin.pause()
    process.stdout.write(LEAVE)
  }

  /** Lends an empty terminal to something else that talks to the user. Ctrl-C ends that, and is heard here afterwards. */
  async lend<T>(use: () => Promise<T>): Promise<T> {
    this.close()
    process.stdout.write(`${ENTER}${ESC}[?25h${TO_CORNER}${CLEAR_BELOW}`)
    let isBrokenOff = false
    const hear = (_: unknown, { name, ctrl }: Key) => (isBrokenOff ||= ctrl === true && name === 'c')
    process.stdin.on('keypress', hear)
    try {
      return await use()
    } finally {
      process.stdin.off('keypress', hear)
      process.stdout.write(LEAVE)
      this.open()
      if (isBrokenOff) this.#onKey('ctrl-c')
    }
  }

  /** @param from which end of the body to show; without it, what was in sight stays there */
  show(view: View, from?: 'top' | 'end'): void {
    this.#view = view
    if (from) this.#offset = from === 'top' ? 0 : Infinity
    this.#draw()
  }

  readonly #hear = (text: string | undefined, { name, ctrl }: Key): void => {
    const key = ctrl ? `ctrl-${name}` : (name ?? text ?? '')
    const page = Math.max(1, this.#room().size - 2)
    const by = { down: 1, up: -1, pagedown: page, space: page, pageup: -page }[key]
    if (by === undefined) return this.#onKey(key)
    this.#offset += by
    this.#draw()
  }

  /** The wrapped parts, and how many lines are left for the body. */
  #room(): { top: string[]; body: string[]; bottom: string[]; size: number } {
    const { columns, rows } = process.stdout
    const [top, body, bottom] = [this.#view.top, this.#view.body, this.#view.bottom].map((lines) =>
      lines.flatMap((line) => wrapLine(line, columns)),
    )
    // In a small terminal the task is worth more than what stands around it.
    const around = Math.max(2, rows - Math.min(LEAST_BODY, body.length))
    const below = bottom.slice(-Math.max(1, around - Math.min(2, top.length)))
    const above = top.slice(0, Math.max(0, around - below.length))
    return { top: above, body, bottom: below, size: Math.max(1, rows - above.length - below.length) }
  }

  readonly #draw = (): void => {
    if (!this.#isOpen) return
    const { top, body, bottom, size } = this.#room()
    const fits = body.length <= size
    const height = fits ? size : size - 1
    this.#offset = Math.max(0, Math.min(this.#offset, body.length - height))
    const shown = body.slice(this.#offset, this.#offset + height)
    const below = body.length - this.#offset - shown.length
    const filled = [...shown, ...Array<string>(height - shown.length).fill('')]
    if (!fits) filled.push(`↑↓ ${this.#offset} lines above, ${below} below`)
    const lines = [...top, ...filled, ...bottom].slice(0, process.stdout.rows)
    const text = lines.map((line) => `${CLEAR_LINE}${line}`).join('\r\n')
    process.stdout.write(`${TO_CORNER}${text}${CLEAR_BELOW}`)
  }
}
