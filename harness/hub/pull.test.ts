import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UnsupportedError } from '../errors.ts'
import { readManifest } from '../checkpoint/manifest.ts'
import { download } from './download.ts'
import { Hub } from './hub.ts'
import { startLocalHub, type LocalHub, type LocalHubOptions } from './local-hub.ts'
import { pull, type PullOptions } from './pull.ts'
import type { Repository } from './repository.ts'

const TOKEN = 'hf_secret'
const part = (library: string, name: string) => [library, name]
const index = {
  _class_name: 'StableDiffusion3Pipeline',
  scheduler: part('diffusers', 'FlowMatchEulerDiscreteScheduler'),
  text_encoder: part('transformers', 'CLIPTextModelWithProjection'),
  text_encoder_2: part('transformers', 'CLIPTextModelWithProjection'),
  text_encoder_3: part('transformers', 'T5EncoderModel'),
  tokenizer: part('transformers', 'CLIPTokenizer'),
  tokenizer_2: part('transformers', 'CLIPTokenizer'),
  tokenizer_3: part('transformers', 'T5TokenizerFast'),
  transformer: part('diffusers', 'SD3Transformer2DModel'),
  vae: part('diffusers', 'AutoencoderKL'),
}
const clip = (folder: string) => ({
  [`${folder}/merges.txt`]: 'a b',
  [`${folder}/special_tokens_map.json`]: '{}',
  [`${folder}/tokenizer_config.json`]: '{}',
  [`${folder}/vocab.json`]: '{}',
})

/** What the pull is to bring, and what the repository of SD3 Medium holds beside it. */
const wanted: Record<string, string> = {
  'LICENSE.md': 'licence',
  'scheduler/scheduler_config.json': '{}',
  'text_encoder/config.json': '{}',
  'text_encoder/model.fp16.safetensors': 'l16',
  'text_encoder_2/config.json': '{}',
  'text_encoder_2/model.safetensors': 'g32',
  'text_encoder_3/config.json': '{}',
  'text_encoder_3/model.fp16-00001-of-00002.safetensors': 't1',
  'text_encoder_3/model.fp16-00002-of-00002.safetensors': 't2',
  'text_encoder_3/model.safetensors.index.fp16.json': '{}',
  ...clip('tokenizer'),
  ...clip('tokenizer_2'),
  'tokenizer_3/special_tokens_map.json': '{"a":1}',
  'tokenizer_3/tokenizer.json': '{"t":5}',
  'tokenizer_3/tokenizer_config.json': '{}',
  'transformer/config.json': '{}',
  'transformer/diffusion_pytorch_model.safetensors': 'mmdit',
  'vae/config.json': '{}',
  'vae/diffusion_pytorch_model.safetensors': 'vae',
}
const unwanted = {
  '.gitattributes': '*',
  'README.md': 'card',
  'sd3_medium_demo.jpg': 'picture',
  'sd3_medium.safetensors': 'single file',
  'text_encoder/model.safetensors': 'l16 in float32',
  'text_encoder/adapter.safetensors': 'a',
  'text_encoder_2/model.fp16.safetensors': 'g16 and yet larger',
  'text_encoder_3/model-00001-of-00002.safetensors': 't1 in float32',
  'text_encoder_3/model-00002-of-00002.safetensors': 't2 in float32',
  'text_encoder_3/model.safetensors.index.json': '{}',
  'tokenizer_3/spiece.model': 'sp',
  'transformer/diffusion_pytorch_model.non_ema.safetensors': 'e',
  'vae/diffusion_pytorch_model.fp16.safetensors': 'vae as large as the other',
}
const files = { 'model_index.json': JSON.stringify(index), ...wanted, ...unwanted }
const card = { license: 'other', license_name: 'stabilityai-ai-community', license_link: 'LICENSE.md' }

let server: LocalHub
let folder: string
const repository = 'stabilityai/stable-diffusion-3-medium-diffusers'
const start = async (options: Partial<LocalHubOptions> = {}) => {
  await server?.close()
  server = await startLocalHub({ repository, files, card, allowed: [TOKEN], ...options })
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pull-'))
  await start()
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

interface Who {
  token?: string | null
  revision?: string
  name?: string
}

function hub({ token = TOKEN, revision = 'main', name = repository }: Who = {}): Hub {
  const settings = { endpoint: server.endpoint, token, tokenSource: token && 'HF_TOKEN' }
  return new Hub(settings, { repository: name, revision }, { pauseMs: 1, tries: 3 })
}
const here = async () =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()

describe('a pull', () => {
  it('brings what the harness reads, the smaller copy of each weights, and nothing else', async () => {
    await pull(hub(), folder)
    expect(await here()).toEqual([...Object.keys(wanted), 'manifest.json', 'model_index.json'].sort())
    for (const [path, text] of Object.entries(wanted)) {
      expect(await readFile(join(folder, path), 'utf8')).toBe(text)
    }
    expect(JSON.parse(await readFile(join(folder, 'model_index.json'), 'utf8'))).toEqual(index)
    expect(server.leaked).toEqual([])
  })

  it('notes the commit, the licence and every hash', async () => {
    await pull(hub(), folder)
    const { source, files: entries } = await readManifest(folder)
    expect(source).toEqual({ repository, commit: server.commit, licence: 'stabilityai-ai-community' })
    expect(Object.keys(entries).sort()).toEqual([...Object.keys(wanted), 'model_index.json'].sort())
  })

  it('without T5 leaves it out, and says so in model_index.json as diffusers does', async () => {
    await pull(hub(), folder, { withoutT5: true })
    expect((await here()).filter((path) => path.includes('_3/'))).toEqual([])
    const written = JSON.parse(await readFile(join(folder, 'model_index.json'), 'utf8')) as typeof index
    expect(written).toEqual({ ...index, text_encoder_3: [null, null], tokenizer_3: [null, null] })
    await pull(hub(), folder)
    expect(await here()).toContain('text_encoder_3/config.json')
  })

  it('a second time asks for no file again', async () => {
    await pull(hub(), folder)
    server.requests.length = 0
    await pull(hub(), folder)
    expect(server.requests.filter((line) => line.startsWith('store'))).toEqual([])
  })

  it('tells whose the weights are before anything is refused', async () => {
    const told: Repository[] = []
    const onRepository: PullOptions['onRepository'] = (found) => told.push(found)
    await expect(pull(hub({ token: null }), folder, { onRepository })).rejects.toThrow(/gated/)
    const url = `${server.endpoint}/${repository}/blob/main/LICENSE.md`
    expect(told[0]).toMatchObject({ gated: true, licence: { name: 'stabilityai-ai-community', url } })
  })

  it('is complete only at its end: a failure leaves no model_index.json, and the next pull goes on', async () => {
    const path = 'transformer/diffusion_pytorch_model.safetensors'
    server.faults[path] = Array<object>(9).fill({ status: 403 })
    await expect(pull(hub(), folder)).rejects.toThrow(/status 403/)
    expect(await here()).not.toContain('model_index.json')
    expect(await here()).not.toContain('.pull-lock')
    delete server.faults[path]
    await pull(hub(), folder)
    expect(await here()).toContain('model_index.json')
  })

  it('asks the hub again when it stumbles over the listing', async () => {
    server.faults.api = [{ status: 500 }, {}, { status: 503 }]
    await pull(hub(), folder)
    expect(await here()).toContain('model_index.json')
  })

  it('does not write where another process downloads, nor over another checkpoint', async () => {
    await writeFile(join(folder, '.pull-lock'), String(process.ppid))
    await expect(pull(hub(), folder)).rejects.toThrow(/is downloading into .*\n.*remove/)
    await writeFile(join(folder, '.pull-lock'), '999999999')
    await pull(hub(), folder)
    await start({ repository: 'owner/name' })
    await expect(pull(hub({ name: 'owner/name' }), folder)).rejects.toThrow(/holds stabilityai.*\n.*--to/)
  })
})

describe('the hub refuses', () => {
  it.each<[string, Who, Partial<LocalHubOptions>, RegExp]>([
    ['a gated repository without a token', { token: null }, {}, /is gated.*\n.*settings\/tokens.*HF_TOKEN/],
    [
      'an account that accepted nothing',
      { token: 'hf_other' },
      {},
      /has not accepted.*\n.*accept it at http/,
    ],
    [
      'a token without the right',
      { token: 'hf_other' },
      { message: 'Please enable access to public gated repositories in your fine-grained token settings.' },
      /may not read gated.*\n.*public gated/,
    ],
    [
      'a request not yet answered',
      { token: 'hf_other' },
      { message: 'Your request to access is awaiting a review from the repo authors.' },
      /not yet answered.*\n/,
    ],
    ['a repository that is not there', { name: 'owner/none' }, {}, /no repository owner\/none.*\n.*private/],
    ['a revision that is not there', { revision: 'v9' }, {}, /no revision v9.*\n.*--revision/],
  ])('%s', async (_, who, options, message) => {
    await start(options)
    const pulling = pull(hub(who), folder)
    await expect(pulling).rejects.toThrow(message)
    await expect(pulling).rejects.toThrow(/^[^\n]+\n[^\n]+$/)
    await expect(pulling).rejects.not.toThrow(TOKEN)
    expect(await here()).toEqual([])
  })

  it('and a hub out of reach is named', async () => {
    const unreached = hub()
    await server.close()
    await expect(pull(unreached, folder)).rejects.toThrow(/127\.0\.0\.1:\d+ cannot be reached: .*\n.*network/)
    await start()
  })
})

describe('refused before anything is fetched', () => {
  it.each([
    ['single-file', { 'sd3_medium_incl_clips.safetensors': 'x' }, /single-file.*\n.*diffusers layout/],
    ['another pipeline', { 'model_index.json': '{"_class_name":"FluxPipeline"}' }, /"FluxPipeline"/],
  ])('%s', async (_, content, message) => {
    await start({ files: content })
    await expect(pull(hub(), folder)).rejects.toThrow(message)
    await expect(pull(hub(), folder)).rejects.toBeInstanceOf(UnsupportedError)
  })

  it.each([
    ['text_encoder_3/model.fp16-00002-of-00002.safetensors', null],
    ['vae/config.json', /has no vae\/config.json/],
    ['transformer/diffusion_pytorch_model.safetensors', /no complete weights of transformer/],
    ['tokenizer/vocab.json', /has no tokenizer\/vocab.json/],
  ])('a repository that lacks %s', async (path, message) => {
    await start({ files: Object.fromEntries(Object.entries(files).filter(([name]) => name !== path)) })
    const pulling = pull(hub(), folder)
    if (message) await expect(pulling).rejects.toThrow(message)
    else await pulling // the other copy is complete
    expect((await here()).some((name) => name.includes('model-00001'))).toBe(message === null)
  })

  it('more than the disk has room for', async () => {
    const huge = { path: 'a', size: 2 ** 52, hash: { gitBlob: 'f'.repeat(40) } }
    await mkdir(join(folder, 'x'))
    const downloading = download(hub(), server.commit, [huge], folder)
    await expect(downloading).rejects.toThrow(/4503599\.6 GB are to come.*\n.*--to/)
  })
})
