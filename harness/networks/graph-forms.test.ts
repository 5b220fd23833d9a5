import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { readTensors, relativeError } from '../fixtures/read-tensors.ts'
import { ConfigReader } from '../config-reader.ts'
import { Weights } from '../checkpoint/weights.ts'
import { Model } from '../model.ts'
import { Session, type Feed } from '../runtime/session.ts'
import { chosenForms, type GraphForm } from './graph-forms.ts'
import { networkOf } from './index.ts'
import { NetworkBuilder } from './network-builder.ts'

// What diffusers and transformers compute with the same weights: see harness/fixtures/write_tiny.py.
const tiny = fileURLToPath(new URL('../fixtures/tiny', import.meta.url))
const expected = await readTensors(join(tiny, 'expected.safetensors'))
const open: Model[] = []

afterEach(async () => {
  delete process.env.SD3_GRAPH
  for (const model of open.splice(0)) await model.release()
})

async function load(name: string, className: string, forms: GraphForm[]): Promise<Model> {
  process.env.SD3_GRAPH = forms.join(',')
  const folder = join(tiny, name)
  const path = join(folder, 'config.json')
  const config = new ConfigReader(JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>, path)
  const model = new Model(networkOf(className), { folder, config }, { name: 'cpu', type: 'float32' })
  open.push(model)
  return model
}

const feeds = (name: string, inputs: string[]): Record<string, Feed> =>
  Object.fromEntries(inputs.map((input) => [input, expected[`${name}.${input}`]]))

describe.each(['transformer', 'transformer_patch1'])('%s written another way', (name) => {
  it.each<[GraphForm[]]>([
    [['gemm']],
    [['shared-modulation']],
    [['separate-queries']],
    [['folded-bias']],
    [['merged-text']],
    [['text-as-past']],
    [['gemm', 'shared-modulation', 'separate-queries', 'folded-bias', 'merged-text']],
    [['shared-modulation', 'text-as-past', 'folded-bias', 'merged-text']],
  ])('as %s gives diffusers’ velocity', async (forms) => {
    const model = await load(name, 'SD3Transformer2DModel', forms)
    const { context } = await model.run('context', feeds(name, ['encoder_hidden_states']))
    const inputs = feeds(name, ['hidden_states', 'pooled_projections', 'timestep'])
    const { sample } = await model.run('transformer', { ...inputs, context })
    expect(relativeError(sample, expected[`${name}.sample`])).toBeLessThan(2e-6)
  })
})

it.each<[GraphForm[]]>([[['packed-qkv']], [['packed-qkv', 'gemm', 'shared-modulation']]])(
  'packed as %s gives the same velocity; the operator itself is CUDA’s alone, so that it is spelt out here',
  async (forms) => {
    const name = 'transformer_patch1'
    const folder = join(tiny, name)
    const path = join(folder, 'config.json')
    const config = new ConfigReader(JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>, path)
    const weights = await Weights.open(folder)
    const compute = async (part: string, inputs: Record<string, Feed>) => {
      const builder = NetworkBuilder.create({ weights, portable: true, forms: new Set(forms) })
      networkOf('SD3Transformer2DModel').parts[part](builder, config)
      const options = { device: 'cpu', folder: weights.root } as const
      const session = await Session.create(builder.ops.graph.serialize(), options)
      return session.run(inputs).finally(() => session.release())
    }
    const { context } = await compute('context', feeds(name, ['encoder_hidden_states']))
    const inputs = feeds(name, ['hidden_states', 'pooled_projections', 'timestep'])
    const { sample } = await compute('transformer', { ...inputs, context })
    expect(relativeError(sample, expected[`${name}.sample`])).toBeLessThan(2e-6)
  },
)

it.each<[GraphForm[]]>([[['fused-causal']], [['gemm']]])('CLIP as %s pools what it did', async (forms) => {
  const model = await load('text_encoder', 'CLIPTextModelWithProjection', forms)
  const { dims, data } = expected['text_encoder.input_ids']
  const ids = { dims, data: BigInt64Array.from(data, BigInt) }
  const { text_embeds } = await model.run('encoder', { input_ids: ids })
  expect(relativeError(text_embeds, expected['text_encoder.text_embeds'])).toBeLessThan(2e-6)
})

it('the VAE with exact group norms decodes to diffusers’ picture', async () => {
  const model = await load('vae', 'AutoencoderKL', ['exact-group-norm'])
  const { sample } = await model.run('decoder', { latent_sample: expected['vae.latent'] })
  expect(relativeError(sample, expected['vae.sample'])).toBeLessThan(2e-6)
})

it('prefers what it is told to, unless SD3_GRAPH says otherwise', () => {
  expect([...chosenForms(['gemm'])]).toEqual(['gemm'])
  process.env.SD3_GRAPH = ''
  expect([...chosenForms(['gemm'])]).toEqual([])
})

it('refuses a form that there is not', () => {
  expect(() => chosenForms([], 'gemm,fast')).toThrow(/graph form "fast".*\n.*gemm, shared-modulation/)
})
