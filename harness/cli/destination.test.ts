import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fileDestination, folderDestination } from './destination.ts'

let root: string
const at = (path: string) => join(root, path)
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'destination-'))
  await mkdir(at('folder.png'))
  await writeFile(at('file'), '')
})
afterAll(() => rm(root, { recursive: true }))

it.each(['folder.png', 'folder.png/new', 'new/and/deeper', '.'])('a folder may be %s', (path) => {
  expect(folderDestination('--out', at(path))).toBe(at(path))
})

it.each(['file', 'file/below', 'file/a/b'])('a folder may not be %s', (path) => {
  expect(() => folderDestination('--out', at(path))).toThrow(/^--out is ".+", and .+file is a file\.\nPass a/)
})

it.each(['file', 'folder.png/new', 'new/file'])('a file may be %s', (path) => {
  expect(fileDestination('--out', at(path))).toBe(at(path))
})

it.each(['folder.png', 'new/'])('a file may not be %s', (path) => {
  expect(() => fileDestination('--out', `${root}/${path}`)).toThrow(/^--out is ".+", a folder\.\nPass a file/)
})

it('a file may not lie below a file', () => {
  expect(() => fileDestination('FILE', at('file/x.png'))).toThrow(/^FILE is ".+", and .+file is a file\.\n/)
})

it('neither is nowhere: an unset variable of a shell would write into the current folder, or end in the middle', () => {
  expect(() => folderDestination('--out', '')).toThrow(/^--out is empty\.\n/)
  expect(() => fileDestination('--out', '')).toThrow(/^--out is empty\.\n/)
})
