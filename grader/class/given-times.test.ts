import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readGivenTimes } from './given-times.ts'

const TIME = '2026-05-31T23:59:00Z'
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'given-times-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function given(text: string) {
  await writeFile(join(folder, 'times'), text)
  return readGivenTimes(join(folder, 'times'))
}

it.each([
  ['CSV with a heading', `name,time\n"Lovelace, Ada",${TIME}\n`],
  ['CSV without one', `"Lovelace, Ada",${TIME}\r\n`],
  ['CSV as a spreadsheet saves it', `\ufeffname,time\r\n"Lovelace, Ada",${TIME}\r\n`],
  ['JSON', JSON.stringify({ 'Lovelace, Ada': TIME })],
])('reads %s', async (_, text) => {
  const timeOf = await given(text)
  expect(timeOf('Lovelace, Ada')).toEqual(new Date(TIME))
  expect(timeOf('somebody else')).toBeNull()
})

it('finds a name whose accent the disk spells another way', async () => {
  const timeOf = await given(`${'José'.normalize('NFC')},${TIME}\n`)
  expect(timeOf('José'.normalize('NFD'))).toEqual(new Date(TIME))
})

it('a first line whose time cannot be read is no heading: who stands there would keep a time of their own making', async () => {
  await expect(given(`Ada,Tuesday 1 December 2026\nBob,${TIME}\n`)).rejects.toThrow(
    'The time of Ada is "Tuesday 1 December 2026"; write it like 2026-05-31T23:59:00Z.',
  )
})
