import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'

/** `npm run explore` without npm. */
function explore(...args: string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ['--import', 'tsx', 'grader/learner/explorer/cli.ts', ...args])
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)))
  return { child, output: () => output }
}

describe('npm run explore', () => {
  it.skipIf(process.platform === 'win32')(
    'serves until Ctrl-C, on the port that it prints, and then nothing is left of it',
    async () => {
      const { child, output } = explore('--port', '0', '--no-open')
      const exited = once(child, 'exit')
      while (!/http:\S+/.test(output())) await once(child.stdout!, 'data')
      const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(output())!
      expect((await fetch(url)).status).toBe(200)
      child.kill('SIGINT')
      expect(await exited).toEqual([0, null])
      await expect(fetch(url)).rejects.toThrow()
    },
  )

  it('says in two lines that its port is taken, and how to have another', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { child, output } = explore('--port', String(port), '--no-open')
    expect(await once(child, 'close')).toEqual([2, null])
    other.close()
    expect(output()).toBe(
      `Port ${port} of 127.0.0.1 cannot be had: it is in use.\n` +
        'Close the other program, or take any free port: npm run explore -- --port 0.\n',
    )
  })

  it.each([['--port', 'x'], ['--port', '70000'], ['--port', ''], ['--prot', '1'], ['word']])(
    'says how it is used, to %s %s',
    async (...args) => {
      const { child, output } = explore('--no-open', ...args)
      expect(await once(child, 'close')).toEqual([2, null])
      expect(output()).toMatch(/^.+\nUsage: npm run explore -- \[--port N\] \[--no-open\]\n$/)
    },
  )
})
