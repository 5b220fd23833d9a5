import { fileURLToPath } from 'node:url'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTensors, relativeError } from '../fixtures/read-tensors.ts'
import { Model } from '../model.ts'
import type { Feed } from '../runtime/session.ts'
import type { Tensor } from '../tensor.ts'
import { ConfigReader } from '../config-reader.ts'
import { networkOf } from './index.ts'
import { relativePositionBuckets } from './t5-encoder.ts'

// What diffusers and transformers compute with the same weights: see harness/fixtures/write_tiny.py.
const tiny = fileURLToPath(new URL('../fixtures/tiny', import.meta.url))
const expected = await readTensors(join(tiny, 'expected.safetensors'))
const models: Model[] = []

async function load(name: string, className: string, edit: Record<string, unknown> = {}): Promise<Model> {
  const folder = join(tiny, name)
  const raw = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>
  const config = new ConfigReader({ ...raw, ...edit }, join(folder, 'config.json'))
  const model = new Model(networkOf(className), { folder, config }, { name: 'cpu', type: 'float32' })
  models.push(model)
  return model
}

afterAll(async () => {
  for (const model of models) await model.release()
})

function feeds(name: string, inputs: string[]): Record<string, Feed> {
  return Object.fromEntries(inputs.map((input) => [input, expected[`${name}.${input}`]]))
}

const indices = ({ dims, data }: Tensor): Feed => ({ dims, data: BigInt64Array.from(data, BigInt) })

/** Predicts a velocity from a fixture's inputs: its text is projected first, as a pipeline does for each picture. */
async function predict(model: Model, name: string, taps: string[] = []): Promise<Record<string, Tensor>> {
  const { context } = await model.run('context', feeds(name, ['encoder_hidden_states']))
  const inputs = feeds(name, ['hidden_states', 'pooled_projections', 'timestep'])
  return model.run('transformer', { ...inputs, context }, taps)
}

describe('config features that sd3-nano does not use', () => {
  it('query/key norm and dual attention of SD3.5 give diffusers’ velocity', async () => {
    const model = await load('transformer', 'SD3Transformer2DModel')
    const { sample } = await predict(model, 'transformer')
    expect(relativeError(sample, expected['transformer.sample'])).toBeLessThan(2e-6)
  })

  it('patch 1, four channels and bfloat16 weights, as in diffusers’ own tests, give its velocity', async () => {
    const model = await load('transformer_patch1', 'SD3Transformer2DModel')
    const { sample } = await predict(model, 'transformer_patch1')
    expect(relativeError(sample, expected['transformer_patch1.sample'])).toBeLessThan(2e-6)
  })

  it('a VAE with quant convs and attention encodes to diffusers’ mode and decodes to its picture', async () => {
    const model = await load('vae', 'AutoencoderKL')
    const { mean } = await model.run('encoder', { sample: expected['vae.picture'] })
    expect(relativeError(mean, expected['vae.mean'])).toBeLessThan(2e-6)
    const { sample } = await model.run('decoder', { latent_sample: expected['vae.latent'] })
    expect(relativeError(sample, expected['vae.sample'])).toBeLessThan(2e-6)
  })

  it('CLIP pools at the first end-of-text id, even where a larger id stands before it', async () => {
    const model = await load('text_encoder', 'CLIPTextModelWithProjection')
    const { text_embeds } = await model.run('encoder', {
      input_ids: indices(expected['text_encoder.input_ids']),
    })
    expect(relativeError(text_embeds, expected['text_encoder.text_embeds'])).toBeLessThan(2e-6)
  })

  it('every hidden state of CLIP can be tapped', async () => {
    const model = await load('text_encoder', 'CLIPTextModelWithProjection')
    const taps = [0, 1, 2].map((layer) => `hidden_states.${layer}`)
    const outputs = await model.run(
      'encoder',
      { input_ids: indices(expected['text_encoder.input_ids']) },
      taps,
    )
    for (const tap of taps)
      expect(relativeError(outputs[tap], expected[`text_encoder.${tap}`])).toBeLessThan(2e-6)
  })

  it('T5 with plain ReLU layers and several heads gives transformers’ last hidden state', async () => {
    const model = await load('text_encoder_3', 'T5EncoderModel')
    const { last_hidden_state } = await model.run('encoder', {
      input_ids: indices(expected['text_encoder_3.input_ids']),
      relative_position_buckets: { dims: [31, 31], data: relativePositionBuckets(31, 8, 20) },
    })
    expect(relativeError(last_hidden_state, expected['text_encoder_3.last_hidden_state'])).toBeLessThan(2e-6)
  })
})

describe('a transformer with taps', () => {
  it('gives the same velocity with the attention spelled out as with the fused operator', async () => {
    const model = await load('transformer', 'SD3Transformer2DModel')
    const taps = ['transformer_blocks.1.attn', 'transformer_blocks.0', 'transformer_blocks.0.context']
    const outputs = await predict(model, 'transformer', taps)
    expect(relativeError(outputs.sample, expected['transformer.sample'])).toBeLessThan(2e-6)
    expect(outputs[taps[0]].dims).toEqual([2, 2, 24 + 5, 24 + 5])
    expect(outputs[taps[1]].dims).toEqual([2, 24, 16])
    expect(outputs[taps[2]].dims).toEqual([2, 5, 16])
  })

  it('says which intermediates there are when asked for another', async () => {
    const model = await load('transformer', 'SD3Transformer2DModel')
    const running = predict(model, 'transformer', ['transformer_blocks.9.attn'])
    await expect(running).rejects.toThrow(
      /no intermediate "transformer_blocks.9.attn"\.\nIt offers .*blocks\.2\.attn/,
    )
  })
})

describe('a config that this harness does not implement', () => {
  it.each([
    ['transformer', 'SD3Transformer2DModel', 'qk_norm', 'layer_norm', /"qk_norm" is "layer_norm"/],
    [
      'transformer',
      'SD3Transformer2DModel',
      'caption_projection_dim',
      32,
      /"caption_projection_dim" is 32\.\n.*16 only/,
    ],
    ['transformer', 'SD3Transformer2DModel', 'num_layers', 0, /"num_layers" is 0/],
    ['vae', 'AutoencoderKL', 'act_fn', 'relu', /"act_fn" is "relu"/],
    ['vae', 'AutoencoderKL', 'latents_mean', [0], /"latents_mean" is \[0\]/],
    ['vae', 'AutoencoderKL', 'down_block_types', ['AttnDownEncoderBlock2D'], /"down_block_types"/],
    ['text_encoder', 'CLIPTextModelWithProjection', 'hidden_act', 'swish', /"hidden_act" is "swish"/],
    [
      'text_encoder_3',
      'T5EncoderModel',
      'feed_forward_proj',
      'gated-silu',
      /"feed_forward_proj" is "gated-silu"/,
    ],
  ])('%s is refused by name (%s %s)', async (name, className, field, value, message) => {
    const part = { transformer: 'transformer', vae: 'encoder' }[name] ?? 'encoder'
    const model = await load(name, className, { [field]: value })
    await expect(model.run(part, {})).rejects.toThrow(message)
  })

  it('leaves no default unspoken: a missing field is named', () => {
    expect(() => new ConfigReader({}, 'x/config.json').number('hidden_size')).toThrow(
      /x\/config.json has no "hidden_size"/,
    )
  })
})

describe('a weight file that does not fit its config', () => {
  it('names the tensor, both shapes and the file', async () => {
    const model = await load('transformer', 'SD3Transformer2DModel', { pooled_projection_dim: 13 })
    await expect(model.run('transformer', {})).rejects.toThrow(
      /model.safetensors stores time_text_embed.text_embedder.linear_1.weight with shape \[16, 12\]\.\n.*\[16, 13\]/,
    )
  })

  it('names a tensor that is not there', async () => {
    const model = await load('transformer_patch1', 'SD3Transformer2DModel', { qk_norm: 'rms_norm' })
    await expect(model.run('transformer', {})).rejects.toThrow(
      /has no tensor transformer_blocks.0.attn.norm_q.weight/,
    )
  })
})
