import { setTimeout as wait } from 'node:timers/promises'
import { refusal, unreachable, type Subject } from './refusals.ts'
import type { HubSettings } from './settings.ts'

/** Answers that another try may better. */
const TEMPORARY = [408, 425, 429, 500, 502, 503, 504]
/** A server may ask for more patience than this; the person is told instead. */
const LONGEST_PAUSE_MS = 60_000

export interface HubOptions {
  /** The pause before the first retry; each further one is twice as long. */
  pauseMs?: number
  /** Tries in all, of one request. */
  tries?: number
  /** How long nothing may arrive before the connection is given up. */
  stallMs?: number
  signal?: AbortSignal
}

/** One repository of a model hub: requests with the token, again when the trouble may pass. */
export class Hub {
  readonly settings: HubSettings
  readonly subject: Subject
  readonly stallMs: number
  readonly tries: number
  private readonly pauseMs: number
  /** Whether any answer came yet: a machine without a network is told so soon. */
  private reached = false
  /** Ends every request. */
  readonly signal: AbortSignal | undefined

  constructor(
    settings: HubSettings,
    subject: Subject,
    { pauseMs = 1000, tries = 6, stallMs = 60_000, signal }: HubOptions = {},
  ) {
    this.settings = settings
    this.subject = subject
    this.pauseMs = pauseMs
    this.tries = tries
    this.stallMs = stallMs
    this.signal = signal
  }

  /** The same hub, whose requests also end when a further signal says so. */
  until(signal: AbortSignal): Hub {
    const { settings, subject, pauseMs, tries, stallMs } = this
    const both = this.signal ? AbortSignal.any([this.signal, signal]) : signal
    const hub = new Hub(settings, subject, { pauseMs, tries, stallMs, signal: both })
    hub.reached = this.reached
    return hub
  }

  /** The address of a file of the repository as it was at a commit. */
  fileUrl(commit: string, path: string): string {
    const segments = path.split('/').map(encodeURIComponent).join('/')
    return `${this.settings.endpoint}/${this.subject.repository}/resolve/${commit}/${segments}`
  }

  /**
   * `fetch` of something on the hub. Only the hub itself is sent the token: redirects to another origin, where large
   * files lie, go without it (https://fetch.spec.whatwg.org/#http-redirect-fetch, step 13).
   * @throws HubError when the hub refuses or stays out of reach; the signal's reason when it is aborted
   */
  readonly fetch: typeof fetch = async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input)
    for (let tried = 1; ; tried++) {
      const answer = await this.once(url, init)
      this.reached ||= answer instanceof Response
      if (answer instanceof Response && answer.ok) return answer
      if (tried < (this.reached ? this.tries : 2) && this.isTemporary(answer)) {
        const patience = answer instanceof Response ? retryAfter(answer) : 0
        if (patience <= LONGEST_PAUSE_MS) {
          if (answer instanceof Response) await answer.body?.cancel()
          await this.pause(tried, patience)
          continue
        }
      }
      if (!(answer instanceof Response)) throw unreachable(url, answer)
      await answer.body?.cancel()
      throw refusal(answer, this.subject, this.settings)
    }
  }

  /** Waits before try number `tried + 1`, longer each time and never for all clients at the same moment. */
  async pause(tried: number, atLeast = 0): Promise<void> {
    const backOff = Math.min(this.pauseMs * 2 ** (tried - 1), LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2)
    await wait(Math.max(backOff, atLeast), undefined, { ...(this.signal && { signal: this.signal }) })
  }

  /** One try: the response once its headers are there, or what went wrong. */
  private async once(url: string, init: RequestInit): Promise<Response | Error> {
    const headers = new Headers(init.headers)
    const { endpoint, token } = this.settings
    if (token !== null && new URL(url).origin === new URL(endpoint).origin) {
      headers.set('authorization', `Bearer ${token}`)
    }
    const stalled = new AbortController()
    const timer = setTimeout(
      () => stalled.abort(new Error(`no answer in ${this.stallMs / 1000} s`)),
      this.stallMs,
    )
    const signals = [stalled.signal, this.signal, init.signal].filter(
      (signal) => signal instanceof AbortSignal,
    )
    try {
      return await fetch(url, { ...init, headers, signal: AbortSignal.any(signals) })
    } catch (error) {
      this.signal?.throwIfAborted()
      return error as Error
    } finally {
      clearTimeout(timer)
    }
  }

  /** Signed addresses that a redirect leads to expire: a refusal from there is worth another try. */
  private isTemporary(answer: Response | Error): boolean {
    if (!(answer instanceof Response)) return true
    const elsewhere =
      answer.redirected && new URL(answer.url).origin !== new URL(this.settings.endpoint).origin
    return TEMPORARY.includes(answer.status) || (elsewhere && answer.status === 403)
  }
}

/** In milliseconds; the header holds seconds or a date. */
function retryAfter({ headers }: Response): number {
  const text = headers.get('retry-after')
  if (text === null) return 0
  const seconds = Number(text)
  const pause = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(pause) ? Math.max(0, pause) : 0
}
