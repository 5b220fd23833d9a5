import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { locateCheckpoint, StableDiffusion3Pipeline } from '../index.ts'

const NANO = resolve('models/sd3-nano')
const ENCODER = 'text_encoder_2'
/** The names of the files of an fp16 download: shards and index of one part, the single file of another. */
const fp16 = (path: string) =>
  path
    .replace(new RegExp(`^${ENCODER}/model-`), `${ENCODER}/model.fp16-`)
    .replace(`${ENCODER}/model.safetensors.index.json`, `${ENCODER}/model.safetensors.index.fp16.json`)
    .replace('vae/diffusion_pytorch_model.', 'vae/diffusion_pytorch_model.fp16.')

let cache: string
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'hub-cache-'))
  vi.stubEnv('HF_HUB_CACHE', cache)
  const repository = join(cache, 'models--owner--nano')
  const snapshot = join(repository, 'snapshots', 'c0ffee')
  for (const folder of ['blobs', 'refs']) await mkdir(join(repository, folder), { recursive: true })
  await writeFile(join(repository, 'refs', 'main'), 'c0ffee')
  const entries = await readdir(NANO, { recursive: true, withFileTypes: true })
  for (const [i, entry] of entries.filter((found) => found.isFile()).entries()) {
    const from = join(entry.parentPath, entry.name)
    const path = relative(NANO, from).replaceAll('\\', '/')
    const blob = join(repository, 'blobs', String(i))
    if (path.startsWith(`${ENCODER}/`) && path.endsWith('index.json')) {
      await writeFile(blob, (await readFile(from, 'utf8')).replaceAll('model-0', 'model.fp16-0'))
    } else {
      await copyFile(from, blob)
    }
    const link = join(snapshot, fp16(path))
    await mkdir(dirname(link), { recursive: true })
    await symlink(relative(dirname(link), blob), link)
  }
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(cache, { recursive: true })
})

const draw = async (folder: string) => {
  const pipe = await StableDiffusion3Pipeline.fromPretrained(folder, { device: 'cpu' })
  const options = { prompt: 'a red ball', seed: 3, height: 64, width: 64, numInferenceSteps: 1 }
  const { images } = await pipe.generate(options)
  await pipe.release()
  return images[0]
}

// onnxruntime resolves links and refuses weights outside the folder it is given.
it.skipIf(process.platform === 'win32')(
  'a model in the download cache, all files links into blobs/ and some an fp16 variant, draws the same picture',
  async () => {
    const folder = locateCheckpoint('owner/nano')
    expect(folder).toBe(join(cache, 'models--owner--nano', 'snapshots', 'c0ffee'))
    expect(await draw(folder)).toEqual(await draw(NANO))
  },
)
