import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'

/** Runs a command whose output nobody reads: the pipe is closed before anything is printed. */
async function unread(script: string, ...args: string[]): Promise<{ code: number; stderr: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args])
  child.stdout.destroy()
  let stderr = ''
  child.stderr.on('data', (text) => (stderr += String(text)))
  const [code] = (await once(child, 'close')) as [number]
  return { code, stderr }
}

it.each([
  ['harness/cli/generate.ts', '--help'],
  ['harness/cli/models.ts', 'list'],
  ['grader/cli.ts', '--help'],
  ['grader/learner/progress/hint.ts', '--help'],
])('%s %s ends as ever when its reader has gone', async (script, ...args) => {
  expect(await unread(script, ...args)).toEqual({ code: 0, stderr: '' })
})
