import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strToU8, zipSync, type Zippable } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exercises, modulePath } from '#grader/manifest/index.ts'
import { unpack } from './unpack.ts'

const module = modulePath(exercises[0])
const slug = `${exercises[0].slug}.ts`
const text = strToU8('export const x = 1\n')

/** Begins an entry of the central directory. */
const CENTRAL = Buffer.from('PK\u0001\u0002')

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unpack-'))
})
afterEach(() => rm(folder, { recursive: true }))

const target = () => join(folder, 'target')

async function unpackBytes(bytes: Uint8Array): Promise<{ files: string[]; newest: Date | null }> {
  await writeFile(join(folder, 'in.zip'), bytes)
  const newest = await unpack(join(folder, 'in.zip'), target())
  return { files: await filesIn(target()), newest }
}

async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => [])
  const files = entries.filter((entry) => !entry.isDirectory())
  return files.map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1)).sort()
}

const unpackZip = (files: Zippable) => unpackBytes(zipSync(files))

/** Changes one name in the bytes of a zip, in both places, to another of the same length. */
function renamed(bytes: Uint8Array, from: string, to: string): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(from, to), 'latin1')
}

describe('what people and hosts zip', () => {
  it.each([
    ['the exercises folder', `exercises/${module}`, `exercises/${module}`],
    ['a repository, as GitHub does', `sd3-workshop-main/exercises/${module}`, `exercises/${module}`],
    ['an exercise’s folder', module, module],
    ['a file alone', slug, slug],
    ['folders in folders', `a/b/exercises/${module}`, `exercises/${module}`],
  ])('%s', async (_, path, place) => {
    expect((await unpackZip({ [path]: text })).files).toEqual([place])
    expect(await readFile(join(target(), place), 'utf8')).toBe('export const x = 1\n')
  })

  it('leaves names that no disk takes, and refuses more files than anyone imports', async () => {
    const beside = (name: string) => `exercises/01-pipeline-inspection/${name}.ts`
    const long = await unpackZip({ [`exercises/${module}`]: text, [beside('a'.repeat(300))]: text })
    expect(long.files).toEqual([`exercises/${module}`])
    const names = Array.from({ length: 201 }, (_, i) => beside(`file-${i}`))
    const many = Object.fromEntries(names.map((name) => [name, text]))
    await expect(unpackZip({ [`exercises/${module}`]: text, ...many })).rejects.toThrow('It holds 202')
  })

  it('takes nothing but what grading reads', async () => {
    const { files } = await unpackZip({
      [`kit/exercises/${module}`]: text,
      'kit/exercises/01-pipeline-inspection/helper.ts': text,
      'kit/exercises/01-pipeline-inspection/README.md': text,
      'kit/exercises/01-pipeline-inspection/pipeline-inspection.spec.ts': text,
      [`kit/solutions/${module}`]: text,
      'kit/package.json': text,
      'kit/node_modules/evil/index.ts': text,
      '__MACOSX/kit/exercises/01-pipeline-inspection/._pipeline-inspection.ts': text,
    })
    const kept = ['README.md', 'helper.ts', 'pipeline-inspection.ts']
    expect(files).toEqual(kept.map((name) => `exercises/01-pipeline-inspection/${name}`))
  })

  it('says when the newest of the files was changed', async () => {
    const [older, newer] = [new Date(2026, 3, 1, 12, 0, 0), new Date(2026, 4, 2, 13, 30, 8)]
    const { newest } = await unpackZip({
      [module]: [text, { mtime: older }],
      [modulePath(exercises[1])]: [text, { mtime: newer }],
      'notes.txt': [text, { mtime: new Date(2026, 8, 9) }],
    })
    expect(newest).toEqual(newer)
    expect((await unpackZip({ 'notes.txt': text })).newest).toBeNull()
  })
})

describe('an archive that is refused: nothing of it is written', () => {
  const refuses = async (bytes: Uint8Array, why: RegExp) => {
    await expect(unpackBytes(bytes)).rejects.toThrow(why)
    expect(await filesIn(target())).toEqual([])
    expect(await filesIn(folder)).toEqual(['in.zip'])
  }
  const link = { os: 3, attrs: (0o120777 << 16) >>> 0 }

  it.each(['../../escaped.ts', '/absolute.ts', 'C:/drive.ts', 'a/../../b.ts'])('zip-slip: %s', (name) =>
    refuses(zipSync({ [module]: text, [name]: text }), /cannot be read: .*(relative|absolute)/),
  )

  it('zip-slip with backslashes', () =>
    refuses(renamed(zipSync({ 'aa/bb/cc.ts': text }), 'aa/bb/cc', '..\\..\\cc'), /relative path/))

  it('a symbolic link', () =>
    refuses(zipSync({ [module]: [strToU8('/etc/passwd'), link] }), /a link or device/))

  it('a bomb by its ratio', () =>
    refuses(zipSync({ [module]: new Uint8Array(2 ** 24) }), /not unpacked: .* times its packed size/))

  it('a bomb by its total', () => {
    const names = Array.from({ length: 600 }, (_, i) => `f${i}.bin`)
    const zip = Buffer.from(zipSync(Object.fromEntries(names.map((name) => [name, text]))))
    for (let at = 0; (at = zip.indexOf(CENTRAL, at)) >= 0; at++) zip.writeUInt32LE(2 ** 20, at + 24)
    return refuses(zip, /not unpacked: its files are 600 MB together/)
  })

  it('a bomb by its count', () => {
    const files = Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`${i}`, new Uint8Array(0)]))
    return refuses(zipSync(files, { level: 0 }), /holds 20001 entries/)
  })

  it('a file that is larger than it says', async () => {
    const zip = Buffer.from(zipSync({ [module]: [new Uint8Array(5000).fill(65), { level: 9 }] }))
    const central = zip.indexOf(CENTRAL)
    zip.writeUInt32LE(10, central + 24)
    await refuses(zip, /cannot be read: too many bytes/)
  })

  it('a source file too large to be one', () =>
    refuses(zipSync({ [module]: [Buffer.alloc(300_000, 'ab'), { level: 0 }] }), /300000 bytes large/))

  it('a name twice', () => {
    const other = module.replace('.ts', '.tt')
    return refuses(renamed(zipSync({ [module]: text, [other]: text }), other, module), /twice/)
  })

  it.each([
    [module, module.toUpperCase()],
    ['caf\u00e9/a.ts', 'cafe\u0301/a.ts'],
  ])('names that some file systems take for one: %s, %s', (a, b) =>
    refuses(zipSync({ [a]: text, [b]: text }), /both/),
  )

  it('an encrypted entry', () => {
    const zip = Buffer.from(zipSync({ [module]: text }))
    const central = zip.indexOf(CENTRAL)
    zip.writeUInt16LE(zip.readUInt16LE(central + 8) | 1, central + 8)
    return refuses(zip, /encrypted.\nZip without a password/)
  })

  it.each([
    ['cut off', (zip: Buffer) => zip.subarray(0, zip.length - 30)],
    ['no zip', () => Buffer.from('hello')],
    ['empty', () => Buffer.alloc(0)],
  ])('a damaged archive: %s', (_, damage) =>
    refuses(damage(Buffer.from(zipSync({ [module]: text }))), /cannot be read/),
  )

  it('damaged content', async () => {
    const zip = Buffer.from(zipSync({ [module]: [Buffer.alloc(3000, 'some text '), { level: 9 }] }))
    const start = zip.indexOf(module) + module.length
    zip.fill(0xff, start, start + 10)
    await refuses(zip, /cannot be read/)
  })

  it('two submissions in one', () =>
    refuses(
      zipSync({ [`a/exercises/${module}`]: text, [`b/exercises/${module}`]: text }),
      /in "a\/" and in "b\/"/,
    ))
})
