import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ConfigReader } from './config-reader.ts'
import { Denoiser } from './denoiser.ts'
import { readTensors, relativeError } from './fixtures/read-tensors.ts'
import { Model } from './model.ts'
import { mmdit } from './networks/mmdit.ts'
import type { TransformerInputs } from './pipeline-types.ts'
import type { Device } from './runtime/device.ts'
import { Session, type Feed } from './runtime/session.ts'
import type { Tensor } from './tensor.ts'
import { transformerFeeds } from './transformer-inputs.ts'
import { manualSeed } from './random.ts'

const tiny = resolve(import.meta.dirname, 'fixtures/tiny')
const expected = await readTensors(resolve(tiny, 'expected.safetensors'))
const CPU: Device = { name: 'cpu', type: 'float32' }
const models: Model[] = []

afterEach(async () => {
  vi.restoreAllMocks()
  for (const model of models.splice(0)) await model.release()
})

async function openTiny(device = CPU): Promise<Denoiser> {
  const folder = resolve(tiny, 'transformer')
  const raw = JSON.parse(await readFile(resolve(folder, 'config.json'), 'utf8')) as Record<string, unknown>
  const model = new Model(mmdit, { folder, config: new ConfigReader(raw, 'config.json') }, device)
  models.push(model)
  return new Denoiser(model)
}

/** Gives the feeds of each run of the transformer since then. */
function watchRuns(): () => Record<string, Feed>[] {
  const run = vi.spyOn(Session.prototype, 'run')
  return () => run.mock.calls.map(([feeds]) => feeds).filter((feeds) => 'context' in feeds)
}

const hiddenStates = expected['transformer.hidden_states']
const [batch, , width] = expected['transformer.encoder_hidden_states'].dims

/** Other words and as many pads in each row, as prompt and negative prompt have; 40 tokens in all. */
function padded(words: readonly number[]): TransformerInputs {
  const TOKENS = 40
  const random = manualSeed(3)
  const pad = random.randn([1, 1, width]).data
  const rows = words.map((count) => {
    const row = new Float32Array(TOKENS * width)
    row.set(random.randn([1, count, width]).data)
    for (let i = count; i < TOKENS; i++) row.set(pad, i * width)
    return row
  })
  const data = new Float32Array(rows.flatMap((row) => [...row]))
  return {
    hiddenStates,
    encoderHiddenStates: { dims: [batch, TOKENS, width], data },
    pooledProjections: expected['transformer.pooled_projections'],
    timestep: [500, 500],
  }
}

describe('a denoiser', () => {
  it('reads one token for each run of equal text, and predicts what it predicts from all of them', async () => {
    const denoiser = await openTiny()
    const inputs = padded([7, 2])
    const runs = watchRuns()
    const merged = await denoiser.predict(inputs)
    const text = await denoiser.projectText(inputs.encoderHiddenStates)
    const whole = await denoiser.predict(inputs, { text: { ...text, merged: null } })
    expect(runs().map(({ context }) => context.dims[1])).toEqual([8, 40])
    expect(runs()[1]).not.toHaveProperty('text_sizes')
    expect(relativeError(merged.sample, whole.sample)).toBeLessThan(1e-6)
  })

  it('would be wrong if it did not count them', async () => {
    const denoiser = await openTiny()
    const inputs = padded([7, 2])
    const text = await denoiser.projectText(inputs.encoderHiddenStates)
    const sizes = { ...text.merged!.sizes, data: text.merged!.sizes.data.map(() => 1) }
    const [counted, uncounted] = [
      await denoiser.predict(inputs, { text }),
      await denoiser.predict(inputs, { text: { ...text, merged: { ...text.merged!, sizes } } }),
    ]
    expect(relativeError(uncounted.sample, counted.sample)).toBeGreaterThan(1e-3)
  })

  it('shows every token to whoever looks inside, and predicts the same', async () => {
    const denoiser = await openTiny()
    const inputs = padded([7, 2])
    const tap = 'transformer_blocks.0.attn'
    const [plain, tapped] = [await denoiser.predict(inputs), await denoiser.predict(inputs, { taps: [tap] })]
    const tokens = 40 + (hiddenStates.dims[2] * hiddenStates.dims[3]) / 4
    expect(tapped.taps[tap].dims.slice(2)).toEqual([tokens, tokens])
    expect(relativeError(tapped.sample, plain.sample)).toBeLessThan(1e-6)
  })

  it('keeps one session of a part: reading all tokens takes the place of reading merged ones', async () => {
    const denoiser = await openTiny()
    const inputs = padded([7, 2])
    const text = await denoiser.projectText(inputs.encoderHiddenStates)
    const [create, release] = [vi.spyOn(Session, 'create'), vi.spyOn(Session.prototype, 'release')]
    await denoiser.predict(inputs, { text })
    await denoiser.predict(inputs, { text: { ...text, merged: null } })
    await denoiser.predict(inputs, { text: { ...text, merged: null } })
    expect([create.mock.calls.length, release.mock.calls.length]).toEqual([2, 1])
  })

  it('attends to merged tokens by their number, also where the attention is spelt out', async () => {
    const denoiser = await openTiny()
    const inputs = padded([7, 2])
    const { merged } = await denoiser.projectText(inputs.encoderHiddenStates)
    const tap = 'transformer_blocks.0.attn'
    const { sample, [tap]: probabilities } = await denoiser.model.run(
      'transformer',
      {
        ...transformerFeeds(inputs, denoiser.model.config),
        context: merged!.tokens,
        text_sizes: merged!.sizes,
      },
      [tap],
    )
    const whole = await denoiser.predict(inputs, { taps: [tap] })
    expect(relativeError(sample, whole.sample)).toBeLessThan(1e-6)
    // What a merged token is given is what all that it stands for are given together: the first row's pads.
    const given = ({ dims: [, , , keys], data }: Tensor, first: number, last: number) =>
      data.subarray(first, Math.min(last, keys)).reduce((sum, value) => sum + value, 0)
    const image = probabilities.dims[3] - merged!.tokens.dims[1]
    const together = given(whole.taps[tap], image + 7, image + 40)
    expect(given(probabilities, image + 7, image + 8)).toBeCloseTo(together, 6)
  })

  it('reads all tokens where merging would save less than a tenth of text and image together', async () => {
    const denoiser = await openTiny()
    const runs = watchRuns()
    await denoiser.predict(padded([36, 34]))
    expect(runs()[0].context.dims[1]).toBe(40)
  })

  it('reads all tokens on other devices than the CPU', async () => {
    const inputs = padded([7, 2])
    for (const device of [CPU, { ...CPU, name: 'cuda' }, { ...CPU, name: 'webgpu' }] as Device[]) {
      const denoiser = await openTiny(device)
      vi.spyOn(denoiser.model, 'run').mockResolvedValue({ context: inputs.encoderHiddenStates })
      const { merged } = await denoiser.projectText(inputs.encoderHiddenStates)
      expect(merged !== null, device.name).toBe(device.name === 'cpu')
    }
  })
})
