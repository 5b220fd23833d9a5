/** Work of which only the latest matters: what is begun later stops what runs, and begins when that has ended. */
export class LatestOnly {
  private current: { controller: AbortController; ended: Promise<void> } | undefined

  /**
   * @param signal stops this work alone
   * @param work must end soon after its signal is aborted; it may begin with an aborted one, and must not reject
   */
  run(signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const before = this.current
    before?.controller.abort()
    const controller = new AbortController()
    const both = AbortSignal.any([signal, controller.signal])
    const ended = (before?.ended ?? Promise.resolve()).then(() => work(both))
    this.current = { controller, ended }
    return ended
  }

  /** Stops what runs; resolves when it has ended. */
  async stop(): Promise<void> {
    this.current?.controller.abort()
    await this.current?.ended
  }
}
