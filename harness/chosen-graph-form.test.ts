import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { chosenGraphForm } from './chosen-graph-form.ts'
import { ConfigReader } from './config-reader.ts'
import { readTensors, relativeError } from './fixtures/read-tensors.ts'
import { Model } from './model.ts'
import { networkOf } from './networks/index.ts'

const tiny = fileURLToPath(new URL('./fixtures/tiny', import.meta.url))

afterEach(() => vi.unstubAllEnvs())

describe('SD3_GRAPH', () => {
  it('chooses the form; without it each device has its own', () => {
    vi.stubEnv('SD3_GRAPH', '')
    expect(chosenGraphForm('cuda')).toBe('fused')
    expect(chosenGraphForm('cpu')).toBe('plain')
    vi.stubEnv('SD3_GRAPH', 'plain')
    expect(chosenGraphForm('cuda')).toBe('plain')
  })

  it('says nothing of a network that is opened on the CPU', async () => {
    vi.stubEnv('SD3_GRAPH', 'fused')
    const folder = join(tiny, 'vae')
    const raw = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>
    const files = { folder, config: new ConfigReader(raw, folder) }
    const expected = await readTensors(join(tiny, 'expected.safetensors'))
    const model = new Model(networkOf('AutoencoderKL'), files, { name: 'cpu', type: 'float32' })
    const { sample } = await model.run('decoder', { latent_sample: expected['vae.latent'] })
    await model.release()
    expect(relativeError(sample, expected['vae.sample'])).toBeLessThan(2e-6)
  })

  it('is refused when it names another form', () => {
    expect(() => chosenGraphForm('cuda', 'fast')).toThrow(/SD3_GRAPH is "fast".*\n.*plain or fused/)
  })

  it('is refused when it asks for CUDA’s graphs elsewhere', () => {
    expect(() => chosenGraphForm('cpu', 'fused')).toThrow(
      /for CUDA, and this runs on cpu\.\nLeave SD3_GRAPH out/,
    )
  })
})
