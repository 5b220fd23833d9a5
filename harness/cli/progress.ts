/**
 * A line on stderr that is rewritten as work goes on; silent unless a person is watching.
 * @param label what is being done
 * @param total steps in all
 */
export function progressLine(label: string, total: number): { update(done: number): void; end(): void } {
  const watched = process.stderr.isTTY
  const started = performance.now()
  return {
    update(done) {
      if (!watched) return
      const width = 28
      const filled = Math.round((width * done) / total)
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      process.stderr.write(
        `\r${label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total} ${seconds} s`,
      )
    },
    end() {
      if (watched) process.stderr.write('\r\x1b[K')
    },
  }
}
