import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { providerFiles } from '../../runtime/cuda/provider.ts'
import type { Archive } from './archives.ts'
import { extractProvider } from './extract.ts'
import { fetchArchive } from './fetch-archive.ts'
import { installProvider } from './install.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cuda-'))
  await mkdir(join(folder, 'target'))
})
afterEach(() => rm(folder, { recursive: true }))
const at = (...path: string[]) => join(folder, ...path)
const target = () => at('target')

const binding = join(
  dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')),
  'bin/napi-v6/linux/x64/onnxruntime_binding.node',
)

/** Node's binding, which needs no CUDA, made to need another library instead of one of its own. */
async function libraryThatNeeds(name: string, path: string): Promise<void> {
  const bytes = await readFile(binding)
  const old = Buffer.from('libonnxruntime.so.1\0')
  const place = bytes.indexOf(old)
  expect(name.length).toBeLessThan(old.length)
  bytes.fill(0, place, place + old.length)
  bytes.write(name, place)
  await writeFile(path, bytes)
}

async function packed(name: string, kind: 'tgz' | 'zip', needs = 'libcudart.so.13'): Promise<string> {
  const lib = at('source', 'deep', 'lib')
  await mkdir(lib, { recursive: true })
  await writeFile(join(lib, providerFiles[0]), 'shared')
  await libraryThatNeeds(needs, join(lib, providerFiles[1]))
  await writeFile(join(lib, 'other.so'), 'other')
  const archive = at(name)
  if (kind === 'tgz') execFileSync('tar', ['-czf', archive, '-C', at('source'), 'deep'])
  else {
    const files = await Promise.all(
      [...providerFiles, 'other.so'].map(
        async (file) =>
          [`onnxruntime/capi/${file}`, new Uint8Array(await readFile(join(lib, file)))] as const,
      ),
    )
    await writeFile(archive, zipSync(Object.fromEntries(files)))
  }
  return archive
}

describe('installing', () => {
  it.each(['tgz', 'zip'] as const)(
    'takes the two files out of a %s and leaves nothing else',
    async (kind) => {
      expect(await installProvider(await packed('a', kind), target())).toBe(13)
      expect((await readdir(target())).sort()).toEqual([...providerFiles].sort())
      expect(await readFile(at('target', providerFiles[0]), 'utf8')).toBe('shared')
    },
  )

  it('refuses what was built for another CUDA, and keeps the provider that is there', async () => {
    await writeFile(at('target', providerFiles[1]), 'old')
    await expect(installProvider(await packed('a', 'tgz', 'libcudart.so.11.0'), target())).rejects.toThrow(
      /neither CUDA 12 nor 13: it needs libcudart\.so\.11\.0/,
    )
    expect(await readdir(target())).toEqual([providerFiles[1]])
    expect(await readFile(at('target', providerFiles[1]), 'utf8')).toBe('old')
  })

  it('refuses an archive without it, one that links out, a damaged one and a text', async () => {
    const [empty, linked, damaged, text] = ['empty', 'linked', 'damaged', 'text'].map((name) => at(name))
    await mkdir(at('l'))
    execFileSync('tar', ['-czf', empty, '-C', folder, 'l'])
    await expect(extractProvider(empty, target())).rejects.toThrow(/holds no libonnxruntime_providers_shared/)
    await writeFile(at('l', providerFiles[0]), '')
    await symlink(binding, at('l', providerFiles[1]))
    execFileSync('tar', ['-czf', linked, '-C', folder, 'l'])
    await expect(extractProvider(linked, target())).rejects.toThrow(/holds no libonnxruntime_providers_cuda/)
    await writeFile(damaged, (await readFile(await packed('whole', 'tgz'))).subarray(0, 5000))
    await expect(extractProvider(damaged, target())).rejects.toThrow(/cannot be unpacked: .*\nFetch it again/)
    await copyFile(import.meta.filename, text)
    await expect(extractProvider(text, target())).rejects.toThrow(/neither a \.tgz nor a zip/)
  })
})

describe('fetching', () => {
  const content = Buffer.alloc(300_000, 'provider')
  const ranges: (string | undefined)[] = []
  let server: Server
  let url: string
  /** Bytes after which the first answer breaks off. */
  let breakAt = Infinity

  beforeEach(async () => {
    ranges.length = 0
    breakAt = Infinity
    server = createServer((request, response) => {
      if (request.url !== '/a.tgz') return void response.writeHead(404).end()
      const start = Number(/bytes=(\d+)/.exec(request.headers.range ?? '')?.[1] ?? 0)
      const end = Math.min(content.length, start + breakAt)
      const headers = {
        'content-length': content.length - start,
        'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
      }
      response.writeHead(start ? 206 : 200, headers)
      if (request.method === 'HEAD') return void response.end()
      ranges.push(request.headers.range)
      breakAt = Infinity
      if (end === content.length) return void response.end(content.subarray(start))
      response.write(content.subarray(start, end), () => response.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(() => new Promise((resolve) => server.close(resolve)))

  const archive = (path: string, overrides: Partial<Archive> = {}): Archive => ({
    name: 'a.tgz',
    cuda: 13,
    bytes: null,
    sha256: createHash('sha256').update(content).digest('hex'),
    url: `${url}${path}`,
    ...overrides,
  })
  const patience = { pauseMs: 1, tries: 3 }

  it('goes on where the connection broke, and asks the size where it is not known', async () => {
    breakAt = 100_000
    const { path } = await fetchArchive([archive('/a.tgz')], target(), patience)
    expect(await readFile(path)).toEqual(content)
    expect(ranges[0]).toBeUndefined()
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/)
  })

  it('takes the next place when one has nothing', async () => {
    const found = await fetchArchive(
      [archive('/none', { name: 'b.tgz' }), archive('/a.tgz')],
      target(),
      patience,
    )
    expect(found.archive.name).toBe('a.tgz')
  })

  it('keeps nothing of another hash, and says in two lines where to fetch it by hand', async () => {
    const wrong = archive('/a.tgz', { sha256: '0'.repeat(64) })
    const failure = await fetchArchive([wrong], target(), patience).catch((error: Error) => error)
    const [problem, remedy, ...more] = (failure as Error).message.split('\n')
    expect(problem).toMatch(/could not be fetched: a\.tgz arrived twice with another hash/)
    expect(remedy).toContain(`fetch ${url}/a.tgz, bring it here, and run npm run cuda -- --from FILE`)
    expect(more).toEqual([])
    expect(await readdir(target())).toEqual([])
  })

  it('says so when there is no network', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    const away = archive('', { url: `http://127.0.0.1:${port}/a.tgz` })
    await expect(fetchArchive([away], target(), patience)).rejects.toThrow(
      /could not be fetched: 127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/,
    )
  })
})
