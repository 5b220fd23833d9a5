import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Journal } from './journal.ts'
import { claim, cleanLeftovers, disclaim, ownerOf } from './leftovers.ts'

let folder: string
const { TMPDIR } = process.env

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leftovers-'))
  process.env.TMPDIR = folder
})
afterAll(async () => {
  if (TMPDIR === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = TMPDIR
  await rm(folder, { recursive: true })
})

const made = async (name: string) => {
  await mkdir(join(folder, name))
  return join(folder, name)
}

it('knows who claimed a folder, until it is given up', async () => {
  const mine = await made('grade-mine00')
  expect(await ownerOf(mine)).toBeNull()
  await claim(mine)
  expect(await ownerOf(mine)).toBe(process.pid)
  expect(await readdir(mine)).toEqual(['owner.json'])
  await disclaim(mine)
  expect(await ownerOf(mine)).toBeNull()
})

it.each(['', '{ "pid": 12', 'null', '[]', '{ "pid": "1" }'])(
  'a note of an owner that says %j keeps nobody from grading',
  async (note) => {
    const journal = join(await mkdtemp(join(folder, 'out-')), 'journal')
    await mkdir(journal)
    await writeFile(join(journal, 'owner.json'), note)
    await (await Journal.open(journal)).close()
  },
)

it('removes the workshops of runs that ended, and no others', async () => {
  const dead = await made('grade-dead00')
  await writeFile(join(dead, 'owner.json'), JSON.stringify({ pid: 2 ** 30, start: null }))
  await claim(await made('grade-live00'))
  await made('grade-fresh0') // Nobody’s yet.
  await made('grade-dead00-not')
  await cleanLeftovers()
  const left = (await readdir(folder)).filter((name) => name.startsWith('grade-'))
  expect(left.sort()).toEqual(['grade-dead00-not', 'grade-fresh0', 'grade-live00', 'grade-mine00'])
})
