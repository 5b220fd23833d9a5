import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

function judge(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const program = ['--import', 'tsx', join(import.meta.dirname, 'cli.ts'), ...args]
  return new Promise((done) => {
    execFile(process.execPath, program, (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, stdout, stderr }),
    )
  })
}

it('refuses a size that the model cannot draw before it draws anything', async () => {
  expect(await judge('--captions', '1', '--steps', '1', '--sizes', '256x256,2048x256')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'height is 2048.\nUse a multiple of 16 up to 1024, such as 1024.\n',
  })
})
