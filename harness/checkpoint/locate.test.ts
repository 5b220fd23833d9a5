import { mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CheckpointError } from '../errors.ts'
import { cachedModels, hubCache } from './hub-cache.ts'
import { locateCheckpoint } from './locate.ts'

let root: string
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'locate-')))
  vi.stubEnv('HF_HUB_CACHE', join(root, 'hub'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(root, { recursive: true })
})

async function write(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), '{}')
  }
}

const repository = 'hub/models--owner--name'

describe('a checkpoint is found', () => {
  it('by path, as the folder or its model_index.json', async () => {
    await write('mine/model_index.json')
    expect(locateCheckpoint(join(root, 'mine'))).toBe(join(root, 'mine'))
    expect(locateCheckpoint(join(root, 'mine', 'model_index.json'))).toBe(join(root, 'mine'))
  })

  it('by name: a finished download before the configs that lie in the repository', async () => {
    const folders = [join(root, 'pulled'), root]
    const weights = 'transformer/diffusion_pytorch_model.safetensors'
    await write('medium/model_index.json')
    expect(() => locateCheckpoint('medium', folders)).toThrow(/no weights\.\nnpm run models -- pull medium/)
    await write(`medium/${weights}`, `pulled/medium/${weights}`)
    expect(locateCheckpoint('medium', folders)).toBe(join(root, 'medium'))
    await write('pulled/medium/model_index.json')
    expect(locateCheckpoint('medium', folders)).toBe(join(root, 'pulled', 'medium'))
  })

  it('in the download cache: by repository, its folder, a snapshot', async () => {
    await write(
      `${repository}/snapshots/old/model_index.json`,
      `${repository}/snapshots/new/model_index.json`,
    )
    await mkdir(join(root, repository, 'refs'))
    await writeFile(join(root, repository, 'refs', 'main'), 'old\n')
    const snapshot = join(root, repository, 'snapshots', 'old')
    expect(locateCheckpoint('owner/name')).toBe(snapshot)
    expect(locateCheckpoint(join(root, repository))).toBe(snapshot)
    expect(locateCheckpoint(join(root, repository, 'snapshots', 'new'))).toMatch(/new$/)
    expect(cachedModels()).toEqual([{ repository: 'owner/name', folder: snapshot }])
  })

  it('in a cache whose main branch was never fetched: the youngest snapshot that is a pipeline', async () => {
    await write(
      `${repository}/snapshots/a/model_index.json`,
      `${repository}/snapshots/b/model_index.json`,
      `${repository}/snapshots/c/README.md`,
    )
    await utimes(join(root, repository, 'snapshots', 'b'), 1, 1)
    expect(locateCheckpoint('owner/name')).toBe(join(root, repository, 'snapshots', 'a'))
  })

  it('but never outside the cache, whatever refs/main says', async () => {
    await write('model_index.json', `${repository}/snapshots/a/model_index.json`, `${repository}/refs/main`)
    await writeFile(join(root, repository, 'refs', 'main'), '../../..')
    expect(locateCheckpoint('owner/name')).toBe(join(root, repository, 'snapshots', 'a'))
  })

  it.skipIf(process.platform === 'win32')('behind a link', async () => {
    await write('mine/model_index.json')
    await symlink(join(root, 'mine'), join(root, 'linked'))
    expect(locateCheckpoint(join(root, 'linked'))).toBe(join(root, 'linked'))
  })
})

describe('what is no checkpoint is refused in two lines', () => {
  it.each([
    ['a name nobody has', 'sd4', /^There is no checkpoint sd4\.\n.*models -- list/],
    ['a repository not in the cache', 'owner/none', /^There is neither a folder .*\n.*pull owner\/none/],
    ['an empty folder', 'empty', /^There is no .*model_index\.json\.\n.*diffusers layout/],
    ['a single file', 'flat/sd3_medium.safetensors', /^.*is a file.*\n.*diffusers layout/],
    [
      'a folder with single files',
      'flat',
      /holds sd3_medium\.safetensors but no model_index.json.*\n.*diffusers layout/,
    ],
  ])('%s', async (what, model, message) => {
    await write('flat/sd3_medium.safetensors', 'empty/notes.txt')
    const locating = () => locateCheckpoint(/name|repository/.test(what) ? model : join(root, model))
    expect(locating).toThrow(message)
    expect(locating).toThrow(CheckpointError)
  })
})

it('the cache lies where Hugging Face’s own tools look', () => {
  expect(hubCache({ HF_HUB_CACHE: '/a' })).toBe('/a')
  expect(hubCache({ HF_HOME: '/b' })).toBe(join('/b', 'hub'))
  expect(hubCache({ XDG_CACHE_HOME: '/c' })).toBe(join('/c', 'huggingface', 'hub'))
  expect(hubCache({})).toMatch(/\.cache.huggingface.hub$/)
})
