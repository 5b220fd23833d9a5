import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Memo } from './memo.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memo-'))
})
afterEach(() => rm(folder, { recursive: true }))

const limits = { largest: 2 ** 16, total: 2 ** 18 }
const memo = (more = {}) => new Memo(folder, { ...limits, ...more })
const bytes = (length: number, fill = 1) => new Uint8Array(length).fill(fill)
/** Computes `value`, and counts how often. */
const counting = (value: unknown) => {
  let count = 0
  return { compute: async () => (count++, value), count: () => count }
}

async function total(): Promise<number> {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

it('computes once what several workers ask for', async () => {
  const { compute, count } = counting({ dims: [1], data: Float32Array.of(0.1) })
  const first = await memo().recall('m', [1], compute)
  expect(await memo().recall('m', [1], compute)).toEqual(first)
  expect(count()).toBe(1)
  await memo().recall('other', [1], compute)
  await memo().recall('m', [2], compute)
  expect(count()).toBe(3)
})

it('remembers nothing, undefined and null too', async () => {
  for (const value of [undefined, null, 0]) {
    const { compute, count } = counting(value)
    await memo().recall('m', [String(value)], compute)
    expect(await memo().recall('m', [String(value)], compute)).toBe(value)
    expect(count()).toBe(1)
  }
})

describe('a file that was not written whole by a worker', () => {
  it.each([
    ['cut', (file: Buffer) => file.subarray(0, file.length - 1)],
    [
      'changed in one bit',
      (file: Buffer) => Buffer.from(file.map((byte, i) => (i === 50 ? byte ^ 1 : byte))),
    ],
    ['empty', () => Buffer.alloc(0)],
    [
      'forged, its hash left as it was',
      (file: Buffer) => Buffer.concat([file.subarray(0, 32), Buffer.from('x')]),
    ],
  ])('is not believed, and replaced: %s', async (_, damage) => {
    const { compute, count } = counting(bytes(100))
    await memo().recall('m', [], compute)
    const [name] = await readdir(folder)
    await writeFile(join(folder, name), damage(await readFile(join(folder, name))))
    expect(await memo().recall('m', [], compute)).toEqual(bytes(100))
    expect(count()).toBe(2)
    await memo().recall('m', [], compute)
    expect(count()).toBe(2)
  })
})

it('leaves no file half written, also when workers write the same at the same time', async () => {
  await Promise.all(Array.from({ length: 20 }, () => memo().keep('key', bytes(1000))))
  expect(await readdir(folder)).toEqual(['key'])
})

it('keeps within its bytes, whoever writes, and forgets first what was not asked for lately', async () => {
  const [a, b] = [memo(), memo()]
  await a.keep('asked-for', bytes(2 ** 14))
  await a.keep('never-again', bytes(2 ** 14))
  for (let i = 0; i < 64; i++) {
    await (i % 2 ? a : b).keep(`filling-${i}`, bytes(2 ** 14, i))
    // Dates as if each took a second, for file systems that count in seconds.
    const at = new Date(Date.UTC(2026, 0, 1, 0, 0, i))
    await utimes(join(folder, `filling-${i}`), at, at).catch(() => {})
    await a.find('asked-for')
    expect(await total()).toBeLessThanOrEqual(limits.total * (1 + 2 / 64) + 2 ** 15)
  }
  const names = await readdir(folder)
  expect(names).toContain('asked-for')
  expect(names).not.toContain('filling-0')
  expect(await total()).toBeGreaterThan(limits.total / 2)
})

it('keeps no value that is too large, and computes what it cannot keep', async () => {
  const { compute, count } = counting(bytes(limits.largest + 1))
  await memo().recall('m', [], compute)
  await memo().recall('m', [], compute)
  expect(count()).toBe(2)
  expect(await readdir(folder)).toEqual([])
  const nowhere = new Memo(join(folder, 'nowhere'))
  expect(await nowhere.recall('m', [], async () => 5)).toBe(5)
  expect(await memo().recall('m', [() => 1], async () => 6)).toBe(6)
})

it.skipIf(process.getuid?.() === 0)('answers also when the folder cannot be written', async () => {
  await chmod(folder, 0o500)
  expect(await memo().recall('m', [], async () => 7)).toBe(7)
  await chmod(folder, 0o700)
})
