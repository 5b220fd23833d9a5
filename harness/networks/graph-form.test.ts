import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { readTensors, relativeError } from '../fixtures/read-tensors.ts'
import { ConfigReader } from '../config-reader.ts'
import { Operators } from '../graph/operators.ts'
import { Weights } from '../checkpoint/weights.ts'
import { Session, type Feed } from '../runtime/session.ts'
import { tensor, type Tensor } from '../tensor.ts'
import { manualSeed } from '../random.ts'
import { conditioningBy, type AdaptiveLayer } from './adaptive-norm.ts'
import type { GraphForm } from './graph-form.ts'
import { networkOf } from './index.ts'
import { NetworkBuilder } from './network-builder.ts'
import { groupNorm } from './norms.ts'
import { sharedConditioning } from './shared-conditioning.ts'

// What diffusers and transformers compute with the same weights: see harness/fixtures/write_tiny.py.
const tiny = fileURLToPath(new URL('../fixtures/tiny', import.meta.url))
const expected = await readTensors(join(tiny, 'expected.safetensors'))

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

async function configOf(name: string): Promise<ConfigReader> {
  const path = join(tiny, name, 'config.json')
  return new ConfigReader(JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>, path)
}

/** Runs one part on the CPU, which has all operators of the fused graphs but their group norm. */
async function run(
  form: GraphForm,
  [name, className, part]: [string, string, string],
  feeds: Record<string, Feed>,
  taps: string[] = [],
): Promise<Record<string, Tensor>> {
  const folder = join(tiny, name)
  const weights = await Weights.open(folder)
  const builder = NetworkBuilder.create({ form, weights, taps, feeds: Object.keys(feeds) })
  networkOf(className).parts[part](builder, await configOf(name))
  const options = { device: 'cpu', folder: weights.root } as const
  const session = await Session.create(builder.ops.graph.serialize(), options)
  return session.run(feeds).finally(() => session.release())
}

const feeds = (name: string, inputs: string[]): Record<string, Feed> =>
  Object.fromEntries(inputs.map((input) => [input, expected[`${name}.${input}`]]))

async function predict(form: GraphForm, name: string, taps: string[] = []): Promise<Record<string, Tensor>> {
  const className = 'SD3Transformer2DModel'
  const { context } = await run(form, [name, className, 'context'], feeds(name, ['encoder_hidden_states']))
  const inputs = feeds(name, ['hidden_states', 'pooled_projections', 'timestep'])
  return run(form, [name, className, 'transformer'], { ...inputs, context }, taps)
}

describe('a fused graph', () => {
  it.each([
    ['SD3.5’s norms and dual attention', 'transformer'],
    ['patch 1 and four channels', 'transformer_patch1'],
  ])('with %s gives diffusers’ velocity', async (_, name) => {
    const past = vi.spyOn(Operators.prototype, 'attentionWithPast')
    const { sample } = await predict('fused', name)
    expect(past).toHaveBeenCalled()
    expect(relativeError(sample, expected[`${name}.sample`])).toBeLessThan(2e-6)
  })

  it('shows the probabilities of the joint sequence to whoever taps them', async () => {
    const tap = 'transformer_blocks.1.attn'
    const outputs = await predict('fused', 'transformer', [tap])
    const plain = await predict('plain', 'transformer', [tap])
    expect(relativeError(outputs[tap], plain[tap])).toBeLessThan(2e-6)
    expect(relativeError(outputs.sample, expected['transformer.sample'])).toBeLessThan(2e-6)
  })

  it('counts merged text tokens as the plain one does', async () => {
    const name = 'transformer'
    const part: [string, string, string] = [name, 'SD3Transformer2DModel', 'transformer']
    const context = manualSeed(1).randn([2, 5, 16])
    const text_sizes = tensor([2, 5], [1, 1, 1, 1, 9, 1, 1, 4, 4, 4])
    const inputs = {
      ...feeds(name, ['hidden_states', 'pooled_projections', 'timestep']),
      context,
      text_sizes,
    }
    const [plain, fused] = [await run('plain', part, inputs), await run('fused', part, inputs)]
    expect(relativeError(fused.sample, plain.sample)).toBeLessThan(2e-6)
  })

  it('of CLIP, whose causal attention is one operator, pools what transformers pools', async () => {
    const causal = vi.spyOn(Operators.prototype, 'causalAttention')
    const { dims, data } = expected['text_encoder.input_ids']
    const input_ids = { dims, data: BigInt64Array.from(data, BigInt) }
    const part: [string, string, string] = ['text_encoder', 'CLIPTextModelWithProjection', 'encoder']
    const { text_embeds } = await run('fused', part, { input_ids })
    expect(causal).toHaveBeenCalled()
    expect(relativeError(text_embeds, expected['text_encoder.text_embeds'])).toBeLessThan(2e-6)
  })

  it('of the VAE has a group norm in one operator, on CUDA alone: here it is only written', async () => {
    const config = await configOf('vae')
    const norms = vi.spyOn(Operators.prototype, 'groupNormalization')
    const [plain, fused] = (['plain', 'fused'] as const).map((form) => {
      const builder = NetworkBuilder.create({ form })
      networkOf('AutoencoderKL').parts.decoder(builder, config)
      return builder
    })
    const gains = plain.parameters.filter(
      ({ moduleType, name }) => moduleType === 'GroupNorm' && name.endsWith('weight'),
    )
    expect(norms).toHaveBeenCalledTimes(gains.length)
    expect(fused.parameters).toEqual(plain.parameters)
  })

  it.each([
    ['one channel', 32, 32],
    ['three channels', 24, 8],
    ['more channels than a block of threads reads', 1024, 1],
  ])('keeps group norms plain whose groups have %s, which CUDA’s operator refuses', (_, channels, groups) => {
    const norms = vi.spyOn(Operators.prototype, 'groupNormalization')
    const nn = NetworkBuilder.create({ form: 'fused', type: 'float16' })
    groupNorm(nn, 'norm', nn.input('x', ['batch', channels, 'height', 'width']), channels, groups, 1e-6)
    expect(norms).not.toHaveBeenCalled()
    groupNorm(nn, 'even', nn.input('y', ['batch', 512, 'height', 'width']), 512, 1, 1e-6)
    expect(norms).toHaveBeenCalledOnce()
  })

  it('declares the plain one’s parameters', async () => {
    for (const name of ['transformer', 'transformer_patch1']) {
      const config = await configOf(name)
      const [plain, fused] = (['plain', 'fused'] as const).map((form) => {
        const builder = NetworkBuilder.create({ form })
        networkOf('SD3Transformer2DModel').parts.transformer(builder, config)
        return builder.parameters.map((one) => one.name)
      })
      expect([...fused].sort()).toEqual([...plain].sort())
    }
  })
})

it('a parameter may be declared twice, but not with another shape', () => {
  const nn = NetworkBuilder.create()
  nn.linearBias('to_k', 4)
  nn.linearBias('to_k', 4, 'float32')
  expect(nn.parameters).toHaveLength(1)
  expect(() => nn.linearBias('to_k', 5)).toThrow(/to_k\.bias is declared as .*\[4\].* and with shape \[5\]/)
})

describe('sharedConditioning', () => {
  const width = 4
  const count = (build: (nn: NetworkBuilder, layers: AdaptiveLayer[]) => void) => {
    const products = vi.spyOn(Operators.prototype, 'matMulTransposed')
    const nn = NetworkBuilder.create()
    const names = ['a', 'b', 'c']
    build(
      nn,
      names.map((name) => ({ nn, name, parts: ['shift', 'scale'] })),
    )
    return products.mock.calls.length
  }

  it('takes one product for all layers, where plain conditioning takes one for each', () => {
    const shared = count((nn, layers) => layers.map(sharedConditioning(nn, 'vector', width, layers)))
    vi.restoreAllMocks()
    const plain = count((_, layers) => layers.map((layer) => conditioningBy('vector', width)(layer)))
    expect([shared, plain]).toEqual([1, 3])
  })

  it('takes more products where one would hold more bytes than onnxruntime can', () => {
    const bytesOfTwoLayers = 2 * 2 * width * width * 4
    expect(count((nn, layers) => sharedConditioning(nn, 'vector', width, layers, bytesOfTwoLayers))).toBe(2)
  })
})
