import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Model } from './model.ts'
import { ConfigReader } from './config-reader.ts'
import { clipText } from './networks/clip-text.ts'
import rawConfig from './fixtures/tiny/text_encoder/config.json' with { type: 'json' }
import { relativePositionBuckets, t5Encoder } from './networks/t5-encoder.ts'
import { Session } from './runtime/session.ts'
import { Turns } from './turns.ts'

const FIXTURE = resolve(import.meta.dirname, 'fixtures/tiny/text_encoder')
const positions = rawConfig.max_position_embeddings
const feeds = { input_ids: { dims: [1, positions], data: new BigInt64Array(positions) } }

let model: Model
const modelIn = (folder: string) =>
  new Model(
    clipText,
    { folder, config: new ConfigReader(rawConfig, 'config.json') },
    { name: 'cpu', type: 'float32' },
  )
const run = (...taps: string[]) => model.run('encoder', feeds, taps)

beforeEach(() => {
  model = modelIn(FIXTURE)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await model.release()
})

describe('a model', () => {
  it('opens a session once for each choice of taps', async () => {
    const create = vi.spyOn(Session, 'create')
    const [first, tapped, again] = [await run(), await run('hidden_states.0'), await run()]
    expect(create).toHaveBeenCalledTimes(2)
    expect(again).toEqual(first)
    expect(tapped.text_embeds).toEqual(first.text_embeds)
  })

  it('keeps the sessions used last and releases the others', async () => {
    const create = vi.spyOn(Session, 'create')
    const release = vi.spyOn(Session.prototype, 'release')
    await run()
    for (const layer of [0, 1, 2, 3]) {
      await run(`hidden_states.${layer}`)
      await run()
    }
    expect([create.mock.calls.length, release.mock.calls.length]).toEqual([5, 1])
    await run('hidden_states.3')
    expect(create).toHaveBeenCalledTimes(5)
    await run('hidden_states.0')
    expect([create.mock.calls.length, release.mock.calls.length]).toEqual([6, 2])
  })

  it('lets runs end before their session is released', async () => {
    await run()
    const runs = Array.from({ length: 4 }, () => run())
    const opening = run('hidden_states.1')
    await model.release()
    const outputs = await Promise.all([...runs, opening])
    expect(outputs).toHaveLength(5)
    expect(await run()).toEqual(outputs[0])
  })

  it('forgets a failure: once the weights are there, it runs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'model-'))
    model = modelIn(folder)
    await expect(run()).rejects.toThrow(/holds no complete .safetensors/)
    await cp(FIXTURE, folder, { recursive: true })
    expect((await run()).text_embeds.dims[0]).toBe(1)
    await model.release()
    await rm(folder, { recursive: true })
  })
})

describe('a model in small mode', () => {
  const t5Folder = resolve(import.meta.dirname, 'fixtures/tiny/text_encoder_3')

  it('runs T5 a layer at a time and computes the same', async () => {
    const config = JSON.parse(await readFile(join(t5Folder, 'config.json'), 'utf8')) as Record<string, number>
    const t5 = (turns: Turns) =>
      new Model(
        t5Encoder,
        { folder: t5Folder, config: new ConfigReader(config, 'config.json') },
        { name: 'cpu', type: 'float32' },
        turns,
      )
    const buckets = relativePositionBuckets(9, 8, 20)
    const inputs = (first: number) => ({
      input_ids: { dims: [1, 9], data: BigInt64Array.from({ length: 9 }, (_, i) => BigInt(first + i)) },
      relative_position_buckets: { dims: [9, 9], data: buckets },
    })
    const whole = await t5(new Turns('resident')).runEach('encoder', [inputs(3), inputs(20)])
    const create = vi.spyOn(Session, 'create')
    const release = vi.spyOn(Session.prototype, 'release')
    const parts = await t5(new Turns('small', { stageBytes: 1 })).runEach('encoder', [inputs(3), inputs(20)])
    expect([create.mock.calls.length, release.mock.calls.length]).toEqual([
      config.num_layers,
      config.num_layers,
    ])
    expect(config.num_layers).toBeGreaterThan(1)
    expect(parts).toEqual(whole)
    expect(parts[0]).not.toEqual(parts[1])
  })
})
