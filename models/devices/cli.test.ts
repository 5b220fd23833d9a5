import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

function devices(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const program = ['--import', 'tsx', join(import.meta.dirname, 'cli.ts'), ...args]
  return new Promise((done) => {
    execFile(process.execPath, program, (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, stdout, stderr }),
    )
  })
}

it('refuses to hold the CPU against itself, which would always agree', async () => {
  const { code, stdout, stderr } = await devices('--device', 'cpu')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('Pass cuda or webgpu.')
})
