import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fileProblem } from './file-problem.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-problem-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What is said of the error that this runs into. */
function problemOf(run: () => void): string | null {
  try {
    run()
  } catch (error) {
    return fileProblem(error)
  }
  throw new Error('It ran into none.')
}

it.skipIf(process.platform === 'win32')('says in two lines what a path runs into, and what to do', () => {
  symlinkSync('loop', join(folder, 'loop'))
  writeFileSync(join(folder, 'file'), '')
  expect(problemOf(() => readFileSync(join(folder, 'loop')))).toBe(
    `${join(folder, 'loop')} is a link that leads back to itself.\nPass another path, or repair the link.`,
  )
  expect(problemOf(() => writeFileSync(join(folder, 'x'.repeat(5000)), ''))).toMatch(
    /x is longer than a name may be here\.\nPass a shorter path\.$/,
  )
  expect(problemOf(() => readFileSync(join(folder, 'file', 'below')))).toMatch(/below a file/)
})

it('says that the disk is full also where the system names no file, and where a copy does not fit', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  expect(fileProblem(full)).toBe('The disk is full.\nMake room, and run the command again.')
  const copy = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', path: 'from', dest: 'to' })
  expect(fileProblem(copy)).toMatch(/^to does not fit: the disk is full\.\n/)
})

it.each([[undefined], [null], ['text'], [new Error('a bug')], [{ code: 'EACCES', path: 'x' }]])(
  'says nothing of %s',
  (thrown) => expect(fileProblem(thrown)).toBeNull(),
)
