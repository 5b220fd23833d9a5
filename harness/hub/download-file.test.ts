import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { downloadFile, partPath } from './download-file.ts'
import { Hub } from './hub.ts'
import { startLocalHub, type LocalHub } from './local-hub.ts'
import type { RemoteFile } from './repository.ts'

const content = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919) >> 3))
const other = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 104_729) >> 5))
const sha256 = createHash('sha256').update(content).digest('hex')
const file: RemoteFile = { path: 'vae/model.safetensors', size: content.length, hash: { sha256 } }
const TOKEN = 'hf_secret'

let server: LocalHub
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'))
  const files = { [file.path]: content, 'other.safetensors': other, 'vae/config.json': '{"a":1}' }
  server = await startLocalHub({ repository: 'owner/name', files, allowed: [TOKEN] })
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const hub = (options: object = {}) =>
  new Hub(
    { endpoint: server.endpoint, token: TOKEN, tokenSource: 'HF_TOKEN' },
    { repository: 'owner/name', revision: 'main' },
    { pauseMs: 1, tries: 3, stallMs: 5000, ...options },
  )
const download = (from = hub()) => downloadFile(from, server.commit, file, folder)
const stored = () => readFile(join(folder, file.path))
const ranges = () =>
  server.requests.filter((line) => line.startsWith('store')).map((line) => line.split(' ')[3])

describe('a file', () => {
  it('comes whole, under its own name only when it is right', async () => {
    expect(await download()).toBe(sha256)
    expect((await stored()).equals(content)).toBe(true)
    expect(await readdir(join(folder, 'vae'))).toEqual(['model.safetensors'])
  })

  it('that git keeps is checked by git’s hash', async () => {
    const json = Buffer.from('{"a":1}')
    const gitBlob = createHash('sha1').update(`blob ${json.length}\0{"a":1}`).digest('hex')
    const small = { path: 'vae/config.json', size: json.length, hash: { gitBlob } }
    const hash = await downloadFile(hub(), server.commit, small, folder)
    expect(hash).toBe(createHash('sha256').update(json).digest('hex'))
    const wrong = { ...small, hash: { gitBlob: 'f'.repeat(40) } }
    await expect(downloadFile(hub(), server.commit, wrong, folder)).rejects.toThrow(/another hash/)
  })

  it('that is there already is hashed and not asked for', async () => {
    await download()
    const before = server.requests.length
    const counted: unknown[] = []
    await downloadFile(hub(), server.commit, file, folder, (count, from) => counted.push([count, from]))
    expect(server.requests.length).toBe(before)
    expect(counted).toEqual([[content.length, 'kept']])
  })

  it('that is there with another content is replaced', async () => {
    await download()
    await writeFile(join(folder, file.path), other)
    await download()
    expect((await stored()).equals(content)).toBe(true)
  })
})

describe('the token', () => {
  it('goes to the hub and not to the host that a redirect names', async () => {
    await download()
    expect(server.requests.some((line) => line.startsWith('store'))).toBe(true)
    expect(server.leaked).toEqual([])
  })

  it('goes to no other host that is asked directly', async () => {
    const files = { 'config.json': '{}' }
    const stranger = await startLocalHub({ repository: 'owner/name', files, allowed: [TOKEN] })
    try {
      const url = hub().fileUrl(stranger.commit, 'config.json').replace(server.endpoint, stranger.endpoint)
      await expect(hub().fetch(url)).rejects.toThrow(/has not accepted the licence/)
      const known = { endpoint: stranger.endpoint, token: TOKEN, tokenSource: 'HF_TOKEN' }
      const friend = new Hub(known, { repository: 'owner/name', revision: 'main' })
      expect((await friend.fetch(url)).status).toBe(200)
    } finally {
      await stranger.close()
    }
  })
})

describe('a connection', () => {
  it('cut in the middle goes on at the byte where it ended', async () => {
    server.faults[file.path] = [{ cutAfter: 70_000 }, { cutAfter: 50_000 }]
    await download()
    expect((await stored()).equals(content)).toBe(true)
    const starts = ranges().map((range) => Number(/\d+/.exec(range ?? '')?.[0] ?? 0))
    expect(starts).toHaveLength(3)
    expect(starts[0]).toBe(0)
    expect(starts[1]).toBeGreaterThan(0)
    expect(starts[1]).toBeLessThanOrEqual(70_000)
    expect(starts[2]).toBeGreaterThan(starts[1])
  })

  it('that always breaks at the same byte is given up, and what came is kept for the next time', async () => {
    server.faults[file.path] = [{ cutAfter: 60_000 }, ...Array<object>(9).fill({ cutAfter: 0 })]
    await expect(download()).rejects.toThrow(
      /breaks off.* vae\/model\.safetensors .*\n.*what was fetched is kept/,
    )
    const part = await readFile(partPath(folder, file))
    expect(part.length).toBeGreaterThan(0)
    expect(part.equals(content.subarray(0, part.length))).toBe(true)
    delete server.faults[file.path]
    server.requests.length = 0
    await download()
    expect(ranges()).toEqual([`bytes=${part.length}-`])
    expect((await stored()).equals(content)).toBe(true)
  })

  it('that stalls is closed and taken up again', async () => {
    server.faults[file.path] = [{ stallAfter: 30_000 }]
    await download(hub({ stallMs: 2000 }))
    expect(ranges()).toHaveLength(2)
    expect((await stored()).equals(content)).toBe(true)
  })

  it('ends when the person stops it, and what came is kept', async () => {
    server.faults[file.path] = [{ stallAfter: 80_000 }]
    const stop = new AbortController()
    let arrived = 0
    const stopping = downloadFile(hub({ signal: stop.signal }), server.commit, file, folder, (count) => {
      arrived += count
      if (arrived >= 80_000) stop.abort(new Error('stopped'))
    })
    await expect(stopping).rejects.toThrow('stopped')
    expect((await readFile(partPath(folder, file))).length).toBe(80_000)
  })
})

describe('a server', () => {
  it('that ignores ranges sends the file once more from its start', async () => {
    server.faults[file.path] = [{ cutAfter: 70_000 }, { ignoreRange: true }]
    let counted = 0
    await downloadFile(hub(), server.commit, file, folder, (count) => (counted += count))
    expect((await stored()).equals(content)).toBe(true)
    expect(counted).toBe(content.length)
    expect(ranges()).toHaveLength(2)
  })

  it('that ignores ranges and breaks off each time is given up', async () => {
    server.faults[file.path] = Array<object>(20).fill({ cutAfter: 70_000, ignoreRange: true })
    await expect(download()).rejects.toThrow(/breaks off/)
    expect(ranges().length).toBeLessThan(20)
  })

  it('that sends another range than was asked for is not believed', async () => {
    server.faults[file.path] = [{ cutAfter: 70_000 }, { shiftRange: 5 }]
    await download()
    expect((await stored()).equals(content)).toBe(true)
  })

  it('that sends a wrong byte is asked once more', async () => {
    server.faults[file.path] = [{ flip: true }]
    let counted = 0
    await downloadFile(hub(), server.commit, file, folder, (count) => (counted += count))
    expect((await stored()).equals(content)).toBe(true)
    expect(ranges()).toEqual([undefined, undefined])
    expect(counted).toBe(content.length)
  })

  it('that sends a wrong byte twice is refused, and nothing of it is kept', async () => {
    server.faults[file.path] = [{ flip: true }, { flip: true }]
    await expect(download()).rejects.toThrow(/arrived twice with another hash.*\n.*Nothing damaged was kept/)
    expect(await readdir(join(folder, 'vae'))).toEqual([])
  })

  it('that sends more than the hub announced is refused', async () => {
    const short = { ...file, size: 100 }
    await expect(downloadFile(hub(), server.commit, short, folder)).rejects.toThrow(/another hash/)
    expect(await readdir(join(folder, 'vae'))).toEqual([])
  })

  it.each([429, 500, 502, 503, 504])('that answers %i for a moment is asked again', async (status) => {
    server.faults[file.path] = [{ status }, { status, headers: { 'retry-after': '0' } }]
    await download()
    expect((await stored()).equals(content)).toBe(true)
    expect(ranges()).toHaveLength(3)
  })

  it('that asks for a pause is given it', async () => {
    server.faults[file.path] = [{ status: 429, headers: { 'retry-after': '1' } }]
    const started = performance.now()
    await download()
    expect(performance.now() - started).toBeGreaterThan(990)
  })

  it.each([
    [{ status: 429 }, /status 429\.\n.*slow down/],
    [{ status: 429, headers: { 'retry-after': '86400' } }, /status 429/],
    [{ status: 503 }, /status 503\.\n.*later/],
    [{ status: 403 }, /status 403\.\n.*who may download/],
  ])('that goes on answering %o is reported', async (fault, message) => {
    server.faults[file.path] = Array<object>(9).fill(fault)
    await expect(download()).rejects.toThrow(message)
  })
})
