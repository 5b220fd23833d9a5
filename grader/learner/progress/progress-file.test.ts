import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noProgress, progressFile, readProgress, updateProgress } from './progress-file.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'progress-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const judged = { status: 'pass', score: 2, source: 'abc', at: '2026-01-02T03:04:05.000Z' } as const

describe('progress', () => {
  it('is empty before the first run, and reading it writes nothing', async () => {
    expect(await readProgress(root)).toEqual(noProgress())
    expect(await readdir(root)).toEqual([])
  })

  it('is read as it was written, in a moved folder too', async () => {
    await updateProgress((progress) => (progress.tasks['latent-shape'] = judged), root)
    await updateProgress((progress) => (progress.current = 'token-counts'), root)
    await rename(root, `${root}-moved`)
    root = `${root}-moved`
    const { tasks, current } = await readProgress(root)
    expect({ tasks, current }).toEqual({ tasks: { 'latent-shape': judged }, current: 'token-counts' })
    expect(await readFile(join(root, progressFile), 'utf8')).not.toContain(root)
  })

  it('keeps every one of many changes made at once', async () => {
    const count = (progress: { hints: Record<string, number> }) =>
      (progress.hints.a = (progress.hints.a ?? 0) + 1)
    await Promise.all(Array.from({ length: 20 }, () => updateProgress(count, root)))
    expect((await readProgress(root)).hints).toEqual({ a: 20 })
  })

  it('goes on after a change that throws', async () => {
    const failing = updateProgress(() => {
      throw new Error('no')
    }, root)
    await expect(failing).rejects.toThrow('no')
    await updateProgress((progress) => (progress.hints.a = 1), root)
    expect((await readProgress(root)).hints).toEqual({ a: 1 })
  })

  it.each([
    ['half a file', '{"version": 1, "tasks": {'],
    ['another version', JSON.stringify({ ...noProgress(), version: 2 })],
    ['another shape', JSON.stringify({ ...noProgress(), tasks: { a: { status: 'pass' } } })],
    ['no object', '[]'],
    ['nothing', ''],
  ])('sets %s aside and says so', async (_, text) => {
    await writeFile(join(root, progressFile), text)
    const sentences: string[] = []
    expect(await readProgress(root, (sentence) => sentences.push(sentence))).toEqual(noProgress())
    const [aside, ...others] = await readdir(root)
    expect([await readFile(join(root, aside), 'utf8'), others]).toEqual([text, []])
    expect(sentences).toEqual([expect.stringContaining(aside)])
  })
})
