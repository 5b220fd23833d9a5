import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'

const run = promisify(execFile)
const LOOK_EVERY_MS = 50

/** A real terminal for tests: a private tmux server with one window, of which keys and screen are at hand. */
export class Terminal {
  #server = ''

  /** Opens a shell of this size. @param env beside what this process has */
  async open(
    folder: string,
    {
      columns = 80,
      rows = 24,
      env = {},
    }: { columns?: number; rows?: number; env?: Record<string, string> } = {},
  ): Promise<void> {
    this.#server = `watch-test-${randomUUID()}`
    const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
    const size = ['-x', `${columns}`, '-y', `${rows}`]
    await this.#tmux('-f', '/dev/null', 'new-session', '-d', ...size, '-c', folder, ...variables, 'sh')
  }

  /** Types text, then Enter. */
  async type(text: string): Promise<void> {
    if (text !== '') await this.#tmux('send-keys', '-l', text)
    await this.press('Enter')
  }

  /** Presses keys by their tmux names, one after the other. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys)
  }

  /** What is on the screen, a line each, without blanks at the ends. */
  async screen(): Promise<string> {
    return this.#tmux('capture-pane', '-p')
  }

  /** What is on the screen, with its colours. */
  async coloured(): Promise<string> {
    return this.#tmux('capture-pane', '-p', '-e')
  }

  /**
   * Waits until the screen holds all of these, and returns it. Where a line was broken does not matter to texts.
   * @throws Error with the screen when they do not come
   */
  async sees(...wanted: (string | RegExp)[]): Promise<string> {
    for (const end = Date.now() + PATIENCE_MS; ;) {
      const screen = await this.screen()
      const text = screen.replaceAll(/\s+/g, ' ')
      const missing = wanted.filter((one) =>
        typeof one === 'string' ? !text.includes(one.replaceAll(/\s+/g, ' ')) : !one.test(screen),
      )
      if (missing.length === 0) return screen
      if (Date.now() > end) throw new Error(`Not seen: ${missing.join(', ')}. The screen:\n${screen}`)
      await new Promise((look) => setTimeout(look, LOOK_EVERY_MS))
    }
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', `${columns}`, '-y', `${rows}`)
  }

  async close(): Promise<void> {
    await this.#tmux('kill-server').catch(() => '')
  }

  async #tmux(...args: string[]): Promise<string> {
    const { TMUX: _, NO_COLOR: __, ...env } = process.env
    return (await run('tmux', ['-L', this.#server, ...args], { env })).stdout
  }
}

/** Machines are busy; what does come, comes much sooner. */
const PATIENCE_MS = 60_000

export const hasTmux = await run('tmux', ['-V']).then(
  () => true,
  () => false,
)
