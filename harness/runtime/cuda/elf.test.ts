import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSharedLibrary } from './elf.ts'

// onnxruntime-node brings Linux' binding to every system.
const bin = join(
  dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')),
  'bin/napi-v6',
)
const binding = join(bin, 'linux/x64/onnxruntime_binding.node')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elf-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('a shared library', () => {
  it('says what it needs', async () => {
    const library = await readSharedLibrary(binding)
    expect(library?.needed).toContain('libonnxruntime.so.1')
    expect(library?.needed).toContain('libc.so.6')
  })

  it('says its own name', async () => {
    expect((await readSharedLibrary(join(bin, 'linux/x64/libonnxruntime.so.1')))?.soname).toBe(
      'libonnxruntime.so.1',
    )
  })

  it.each([
    ['of another processor', join(bin, 'linux/arm64/onnxruntime_binding.node')],
    ['that is a text', import.meta.filename],
    ['that is not there', join(bin, 'nowhere')],
  ])('%s is none', async (_, path) => {
    expect(await readSharedLibrary(path)).toBeNull()
  })

  it.each([0, 10, 64, 100, 4096])('cut off after %i bytes is none', async (length) => {
    const path = join(folder, `cut-${length}`)
    await writeFile(path, (await readFile(binding)).subarray(0, length))
    expect(await readSharedLibrary(path)).toBeNull()
  })
})
