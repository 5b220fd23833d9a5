import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exercises, modulePath } from '#grader/manifest/index.ts'
import { TaskStates } from './task-states.ts'

const [exercise, other] = exercises
const file = join('exercises', modulePath(exercise))
const before = process.cwd()
let kit: string
let states: TaskStates

beforeAll(async () => {
  kit = await realpath(await mkdtemp(join(tmpdir(), 'states-')))
  await cp('exercises', join(kit, 'exercises'), { recursive: true })
  process.chdir(kit)
  states = new TaskStates({ version: 1, current: null, tasks: {}, hints: {}, exercises: {} })
  await states.read(exercise)
})
afterAll(async () => {
  process.chdir(before)
  await rm(kit, { recursive: true })
})

describe('what was judged is known', () => {
  it('while nothing was written since it was read', async () => {
    expect(await states.isStill(exercise)).toBe(true)
  })

  it('no longer once a file was emptied and filled again, even with what it held', async () => {
    const text = await readFile(file, 'utf8')
    await writeFile(file, '')
    expect(await states.isStill(exercise)).toBe(false)
    await writeFile(file, text)
    expect(await states.isStill(exercise)).toBe(false)
    await states.read(exercise)
    expect(await states.isStill(exercise)).toBe(true)
  })

  it('no longer once a file beside it came or went', async () => {
    await writeFile(join('exercises', exercise.id, 'beside.ts'), '')
    expect(await states.isStill(exercise)).toBe(false)
    await rm(join('exercises', exercise.id, 'beside.ts'))
    expect(await states.isStill(exercise)).toBe(true)
  })

  it('whatever is written in another exercise', async () => {
    await writeFile(join('exercises', other.id, 'beside.ts'), '')
    expect(await states.isStill(exercise)).toBe(true)
  })
})
