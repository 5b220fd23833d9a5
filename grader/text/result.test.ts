import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { resultOf } from './result.ts'

let folder: string
let path: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'result-'))
  path = join(folder, 'result.json')
  await writeFile(path, JSON.stringify({ times: { harness: [51.5, 60] }, device: 'CPU' }))
})

afterAll(() => rm(folder, { recursive: true }))

it('finds a number by its keys', async () => {
  expect(await resultOf(path, 'times', 'harness', 0)).toBe(51.5)
})

it('says where it lost its way, and what there is', async () => {
  await expect(resultOf(path, 'times', 'eager', 0)).rejects.toThrow(
    `${path} has no times › eager; there is harness.`,
  )
  await expect(resultOf(path, 'device', 'name')).rejects.toThrow(/no device › name; there is nothing\./)
  await expect(resultOf(path, 'times', 'length')).rejects.toThrow(/no times › length/)
})

it('takes nothing else for a number', async () => {
  await expect(resultOf(path, 'device')).rejects.toThrow(`${path} has no number at device.`)
})
