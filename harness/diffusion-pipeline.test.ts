import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Checkpoint } from './checkpoint/checkpoint.ts'
import { inspectCheckpoint } from './cli/models/inspect.ts'
import { readTensors, relativeError } from './fixtures/read-tensors.ts'
import oracle from './fixtures/sampled.json' with { type: 'json' }
import { CheckpointError, manualSeed, rows, StableDiffusion3Pipeline, type GenerateOptions } from './index.ts'

const FIXTURES = resolve(import.meta.dirname, 'fixtures')
const NANO = resolve(import.meta.dirname, '../models/sd3-nano')
const tensors = await readTensors(join(FIXTURES, 'sampled.safetensors'))

let root: string
const opened: StableDiffusion3Pipeline[] = []
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ddpm-'))
})
afterAll(async () => {
  for (const pipe of opened) await pipe.release()
  await rm(root, { recursive: true })
})

async function write(name: string, index: Record<string, unknown>): Promise<string> {
  const folder = join(root, name)
  await mkdir(folder, { recursive: true })
  const whole = { _class_name: 'StableDiffusion3Pipeline', _base: relative(folder, NANO), ...index }
  await writeFile(join(folder, 'model_index.json'), JSON.stringify(whole))
  return folder
}

/** The tiny transformer and a scheduler; the rest is sd3-nano's. */
async function open(name: string, scheduler: Record<string, unknown>): Promise<StableDiffusion3Pipeline> {
  const folder = await write(name, {
    scheduler: ['diffusers', scheduler._class_name],
    transformer: ['diffusers', 'SD3Transformer2DModel'],
  })
  await cp(join(FIXTURES, 'tiny/transformer'), join(folder, 'transformer'), { recursive: true })
  await mkdir(join(folder, 'scheduler'), { recursive: true })
  await writeFile(join(folder, 'scheduler/scheduler_config.json'), JSON.stringify(scheduler))
  const pipe = await StableDiffusion3Pipeline.fromPretrained(folder, { device: 'cpu' })
  opened.push(pipe)
  return pipe
}

const [negativePromptEmbeds, promptEmbeds] = [0, 2].map((i) => rows(tensors.encoder_hidden_states, i, i + 2))
const [negativePooledPromptEmbeds, pooledPromptEmbeds] = [0, 2].map((i) =>
  rows(tensors.pooled_projections, i, i + 2),
)
const [, , cellsHigh, cellsWide] = oracle.shape
const vaeScale = 8
const options: GenerateOptions = {
  embeddings: { promptEmbeds, pooledPromptEmbeds, negativePromptEmbeds, negativePooledPromptEmbeds },
  height: cellsHigh * vaeScale,
  width: cellsWide * vaeScale,
  guidanceScale: oracle.guidance,
  seed: oracle.seed,
  outputType: 'latent',
}

describe.each(oracle.runs)('$name, $steps steps', ({ name, sampler, config, steps }) => {
  const run = { ...options, numInferenceSteps: steps }

  it('ends where diffusers’ loop ends, by the checkpoint’s own scheduler or by name', async () => {
    const other = sampler === 'ddpm' ? 'DDIMScheduler' : 'DDPMScheduler'
    const own = sampler === 'ddpm' ? 'DDPMScheduler' : 'DDIMScheduler'
    for (const [className, chosen] of [
      [own, {}],
      [other, { sampler: sampler as 'ddpm' | 'ddim' }],
    ] as const) {
      const pipe = await open(`${name}-${className}`, { _class_name: className, ...config })
      const { latents } = await pipe.generate({ ...run, ...chosen })
      expect(relativeError(latents, tensors[name]), className).toBeLessThan(1e-5)
    }
  })
})

describe('a DDPM checkpoint', () => {
  const scheduler = { _class_name: 'DDPMScheduler', clip_sample: false }
  const run = { ...options, numInferenceSteps: 2 }

  it('draws ancestral noise from the seed beside given latents, and needs it', async () => {
    const pipe = await open('latents', scheduler)
    const latents = manualSeed(5).randn(oracle.shape)
    const draw = async (more: GenerateOptions) => (await pipe.generate({ ...run, latents, ...more })).latents
    expect(await draw({ seed: 1 })).toEqual(await draw({ seed: 1 }))
    expect(await draw({ seed: 1 })).not.toEqual(await draw({ seed: 2 }))
    const { seed: _, ...unseeded } = run
    await expect(pipe.generate({ ...unseeded, latents })).rejects.toThrow(/no seed.*\n.*"ddim"/)
    await pipe.generate({ ...unseeded, latents, sampler: 'ddim' })
  })

  it('refuses the sampler of flow matching, as SD3 refuses DDPM’s', async () => {
    const pipe = await open('samplers', scheduler)
    await expect(pipe.generate({ ...run, sampler: 'euler' })).rejects.toThrow(/"ddpm" or "ddim"/)
    const nano = await StableDiffusion3Pipeline.fromPretrained(NANO, { device: 'cpu' })
    opened.push(nano)
    const asked = { prompt: 'a cat', height: 64, width: 64, sampler: 'ddim' as const }
    await expect(nano.generate(asked)).rejects.toThrow(/trained for FlowMatchEuler.*\n.*"euler"/)
  })

  it('refuses a scheduler that nobody wrote here', async () => {
    const pipe = await open('unknown', { _class_name: 'UniPCMultistepScheduler' })
    await expect(pipe.generate(run)).rejects.toThrow(/"UniPCMultistepScheduler"\.\n.*DDPMScheduler/)
  })

  it('says in components() what it is, and takes the other parts from its base', async () => {
    const pipe = await open('described', scheduler)
    const { textEncoder, vae, transformer, scheduler: described } = await pipe.components()
    expect(described.className).toBe('DDPMScheduler')
    expect(transformer.config.num_layers).toBe(3)
    expect(textEncoder?.className).toBe('CLIPTextModelWithProjection')
    expect(vae.config.latent_channels).toBe(16)
    const reports = await inspectCheckpoint(join(root, 'described'))
    expect(reports.map(({ name, problem }) => [name, problem])).toEqual(
      ['text_encoder', 'text_encoder_2', 'text_encoder_3', 'transformer', 'vae'].map((name) => [name, null]),
    )
  })
})

describe('a base', () => {
  it('gives what the index does not name; null in the index is a part left out', async () => {
    const checkpoint = await Checkpoint.open(await write('own', { text_encoder_3: [null, null] }))
    expect(checkpoint.folderOf('tokenizer_2')).toBe(join(NANO, 'tokenizer_2'))
    expect((await checkpoint.component('vae'))?.folder).toBe(join(NANO, 'vae'))
    expect(await checkpoint.component('text_encoder_3')).toBeNull()
  })

  it.each([
    ['is no name', 7, /"_base" as 7/],
    ['is not there', '../nowhere', /There is no .*nowhere/],
    ['has a base itself', '../own', /has a base itself/],
  ])('that %s is refused', async (what, _base, message) => {
    const folder = await write(`base that ${what}`, { _base })
    await expect(Checkpoint.open(folder)).rejects.toThrow(message)
    await expect(Checkpoint.open(folder)).rejects.toBeInstanceOf(CheckpointError)
  })
})
