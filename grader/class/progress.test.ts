import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { ClassProgress } from './progress.ts'

/** What is written to a terminal of 60 columns, or to a file. */
function stream(isTTY: boolean) {
  let text = ''
  const writable = new Writable({
    write(chunk, _, done) {
      text += String(chunk)
      done()
    },
  })
  return { stream: Object.assign(writable, { isTTY, columns: 60 }) as never, written: () => text }
}

const plan = { total: 4, kept: 1, jobs: 2, threads: 1, seed: 'abc' }

it('writes a line for each submission where nobody watches, such as a log', () => {
  const log = stream(false)
  const progress = new ClassProgress(log.stream)
  progress.begin(plan)
  for (const name of ['a', 'b']) progress.advance(`${name} 3/4`)
  progress.end()
  expect(log.written()).toBe(
    '4 submissions, 1 of them finished earlier; 2 at a time, 1 threads each; seed abc\n1/4 a 3/4\n2/4 b 3/4\n',
  )
})

it('draws one bar on a terminal, over and over, within its width, and takes it away', () => {
  const terminal = stream(true)
  const progress = new ClassProgress(terminal.stream)
  progress.begin(plan)
  for (const name of ['a', 'b', 'c', 'x'.repeat(100)]) progress.advance(`${name} 3/4`)
  progress.end()
  const [, ...bars] = terminal.written().split('\r\u001b[K')
  expect(bars.at(-1)).toBe('')
  expect(bars.map((bar) => bar.replaceAll(/[^█]/g, '').length)).toEqual([8, 15, 23, 30, 0])
  expect(bars[1]).toMatch(/^[█░]{30} 2\/4, \d+ s left b 3\/4$/)
  for (const bar of bars) expect(bar.length).toBeLessThan(60)
})
