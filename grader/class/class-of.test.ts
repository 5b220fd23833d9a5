import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'class-of-'))
})
afterAll(() => rm(folder, { recursive: true }))

function classOf(args: string[]): Promise<{ code: unknown; stderr: string }> {
  const program = ['--import', 'tsx', 'grader/class/class-of.ts', ...args, '--out', join(folder, 'class')]
  return new Promise((done) => {
    execFile(process.execPath, program, (error, _, stderr) => done({ code: error?.code ?? 0, stderr }))
  })
}

it.each([
  [['0'], 'COUNT is "0".\nPass a whole number, at least 1.\n'],
  [['3', '4'], '"4" came beside COUNT.\nUsage: npx tsx grader/class/class-of.ts [COUNT]'],
  [['3', '--hostile', '2.5'], '--hostile is "2.5".\nPass a whole number, at least 0.\n'],
])('refuses %j', async (args, message) => {
  const { code, stderr } = await classOf(args)
  expect(code).toBe(2)
  expect(stderr.slice(0, message.length)).toBe(message)
})

it('makes as many as it is told, also without any that is hostile', async () => {
  expect(await classOf(['2', '--hostile', '0'])).toEqual({ code: 0, stderr: '' })
  expect(await readdir(join(folder, 'class'))).toHaveLength(2)
})
