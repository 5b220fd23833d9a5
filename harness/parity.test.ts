import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import cases from './fixtures/parity-cases.json' with { type: 'json' }
import { readTensors, relativeError } from './fixtures/read-tensors.ts'
import {
  decodePng,
  manualSeed,
  StableDiffusion3Pipeline,
  type GenerateOptions,
  type Image,
  type Tensor,
} from './index.ts'

const FIXTURES = resolve(import.meta.dirname, 'fixtures')
const NANO = resolve(import.meta.dirname, '../models/sd3-nano')

/** ‖ours − theirs‖ / ‖theirs‖, float32 on the CPU on both sides: of text, for one pass, and where 28 steps add up. */
const TEXT = 5e-6
const ONE_PASS = 2e-5
const ALL_STEPS = 1e-4

/** Reads a fixture and returns a check of a tensor against the values it kept: see `SAMPLING` in provenance.py. */
async function oracle(file: string, tolerance = ONE_PASS) {
  const tensors = await readTensors(join(FIXTURES, file))
  return (name: string, actual: Tensor) => {
    const key = Object.keys(tensors).find((candidate) => candidate.startsWith(`${name}[::`))!
    const stride = parseInt(key.slice(`${name}[::`.length))
    const kept = actual.data.filter((_, i) => i % stride === 0)
    expect(relativeError({ dims: [kept.length], data: kept }, tensors[key]), name).toBeLessThan(tolerance)
  }
}

const readPicture = async (name: string) => decodePng(await readFile(join(FIXTURES, `picture-${name}.png`)))

function expectPicture(actual: Image, expected: Image, within: number) {
  expect([actual.width, actual.height]).toEqual([expected.width, expected.height])
  const difference = actual.data.reduce(
    (worst, byte, i) => Math.max(worst, Math.abs(byte - expected.data[i])),
    0,
  )
  expect(difference, 'largest difference of a byte').toBeLessThanOrEqual(within)
}

let pipe: StableDiffusion3Pipeline
beforeAll(async () => {
  pipe = await StableDiffusion3Pipeline.fromPretrained(NANO, { device: 'cpu' })
})
afterAll(() => pipe.release())

it('the oracles were made with these weights; if not, run write_fixtures.py as harness/fixtures/README.md says', async () => {
  const { provenance } = JSON.parse(await readFile(join(FIXTURES, 'checkpoint.json'), 'utf8')) as {
    provenance: { checkpoint: Record<string, string> }
  }
  const digests = Object.keys(provenance.checkpoint).map(async (file) => {
    const bytes = await readFile(join(NANO, file))
    return [file, createHash('sha256').update(bytes).digest('hex')]
  })
  expect(Object.fromEntries(await Promise.all(digests))).toEqual(provenance.checkpoint)
})

describe('each text encoder gives transformers’ hidden states', () => {
  const { prompts, maxSequenceLength } = cases.textEncoders

  it.each([
    ['textEncoder', 'text_encoder', 768],
    ['textEncoder2', 'text_encoder_2', 1280],
  ] as const)(
    '%s, its penultimate layer, one before it, and its pooled vector',
    async (name, module, width) => {
      const matches = await oracle('text_encoders.safetensors', TEXT)
      const { hiddenStates, pooled } = await pipe.encodeText(name, prompts)
      expect([hiddenStates.dims, pooled?.dims]).toEqual([
        [2, 77, width],
        [2, width],
      ])
      matches(`${module}.hidden_states`, hiddenStates)
      matches(`${module}.pooled`, pooled!)
      const skipped = await pipe.encodeText(name, prompts, { clipSkip: 1 })
      matches(`${module}.hidden_states, clip skip 1`, skipped.hiddenStates)
      matches(`${module}.pooled`, skipped.pooled!)
    },
  )

  it('textEncoder3, its last layer', async () => {
    const matches = await oracle('text_encoders.safetensors', TEXT)
    const { hiddenStates, pooled } = await pipe.encodeText('textEncoder3', prompts, { maxSequenceLength })
    expect([hiddenStates.dims, pooled]).toEqual([[2, maxSequenceLength, 4096], null])
    matches('text_encoder_3.hidden_states', hiddenStates)
  })
})

describe('encodePrompt joins them as encode_prompt does', () => {
  it.each([
    ['three prompts', 2, 333],
    ['clip skip', 1, 154],
    ['without guidance', 4, 154],
  ] as const)('%s', async (name, batch, tokens) => {
    await expectPromptEmbeds(pipe, name, batch, tokens)
  })

  it('without T5, in whose place are zeros', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'without-t5-'))
    await cp(NANO, folder, { recursive: true, filter: (path) => !/(text_encoder|tokenizer)_3/.test(path) })
    const index = JSON.parse(await readFile(join(NANO, 'model_index.json'), 'utf8')) as object
    const withoutT5 = { ...index, text_encoder_3: [null, null], tokenizer_3: [null, null] }
    await writeFile(join(folder, 'model_index.json'), JSON.stringify(withoutT5))
    const smaller = await StableDiffusion3Pipeline.fromPretrained(folder, { device: 'cpu' })
    await expectPromptEmbeds(smaller, 'without T5', 2, 333)
    await smaller.release()
    await rm(folder, { recursive: true })
  })

  async function expectPromptEmbeds(
    subject: StableDiffusion3Pipeline,
    name: keyof typeof cases.encodePrompt,
    batch: number,
    tokens: number,
  ) {
    const matches = await oracle('encode_prompt.safetensors', TEXT)
    const embeddings = await subject.encodePrompt(cases.encodePrompt[name])
    const guided = name !== 'without guidance'
    expect(embeddings.promptEmbeds.dims).toEqual([batch, tokens, 4096])
    expect(embeddings.pooledPromptEmbeds.dims).toEqual([batch, 2048])
    expect(embeddings.negativePromptEmbeds?.dims).toEqual(guided ? [batch, tokens, 4096] : undefined)
    expect(embeddings.negativePooledPromptEmbeds?.dims).toEqual(guided ? [batch, 2048] : undefined)
    for (const [key, value] of Object.entries(embeddings) as [string, Tensor | null][]) {
      if (value) matches(`${name}.${key}`, value)
    }
  }
})

describe('one forward pass of the transformer', () => {
  it.each(Object.entries(cases.transformer))(
    '%s latents: velocity, a block’s image tokens and its joint attention',
    async (name, { seed, latents, tokens, timestep, block }) => {
      const generator = manualSeed(seed)
      const inputs = {
        hiddenStates: generator.randn(latents), // [2, 16, height / 8, width / 8]
        encoderHiddenStates: generator.randn([latents[0], tokens, 4096]),
        pooledProjections: generator.randn([latents[0], 2048]),
        timestep,
      }
      const path = `transformer_blocks.${block}`
      const { sample, taps } = await pipe.transformer(inputs, { taps: [path, `${path}.attn`] })
      const joint = (latents[2] / 2) * (latents[3] / 2) + tokens
      expect(sample.dims).toEqual(latents)
      expect(taps[path].dims.slice(0, 2)).toEqual([latents[0], joint - tokens])
      expect(taps[`${path}.attn`].dims.slice(2)).toEqual([joint, joint])
      const matches = await oracle('transformer.safetensors')
      matches(`${name}.sample`, sample)
      matches(`${name}.${path}`, taps[path])
      matches(`${name}.${path}.attn`, taps[`${path}.attn`])
    },
  )
})

describe('the VAE', () => {
  it('encodes a picture that is not square to diffusers’ latents', async () => {
    const latents = await pipe.vaeEncode(await readPicture('128x192'))
    expect(latents.dims).toEqual([1, 16, 16, 24])
    const matches = await oracle('vae.safetensors')
    matches('encoded', latents)
  })

  it('decodes latents to diffusers’ picture', async () => {
    const { '128x192.latents[::1]': latents } = await readTensors(join(FIXTURES, 'latents.safetensors'))
    const [image] = await pipe.vaeDecode({ dims: [1, 16, 16, 24], data: latents.data })
    expectPicture(image, await readPicture('128x192'), 1)
  })
})

describe('from prompt to picture', () => {
  it.each(['128x192', '256x256'] as const)('%s, 28 steps, guidance 7, seed 42', async (name) => {
    const { images, latents } = await pipe.generate(cases.generate[name])
    const matches = await oracle('latents.safetensors', ALL_STEPS)
    matches(`${name}.latents`, latents)
    expectPicture(images[0], await readPicture(name), 2)
  })

  it.each([
    ['batch', 'two prompts with two pictures each', [4, 16, 16, 24]],
    ['unguided', 'guidance 1', [1, 16, 24, 16]],
  ] as const)('%s: %s', async (name, _, dims) => {
    const options: GenerateOptions = { ...cases.generate[name], outputType: 'latent' }
    const { images, latents } = await pipe.generate(options)
    expect(images).toEqual([])
    expect(latents.dims).toEqual(dims)
    const matches = await oracle('latents.safetensors', ALL_STEPS)
    matches(`${name}.latents`, latents)
  })
})
