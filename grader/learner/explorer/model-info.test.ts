import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describePipeline } from '#harness'
import { drawSettings } from './draw-settings.ts'
import { modelInfo } from './model-info.ts'

const TEXT = 333

const infoOf = async (name: string) =>
  modelInfo(name, 'cpu', await describePipeline(resolve('models', name)), TEXT)

describe('what the page knows of a model', () => {
  it('is read from its configs', async () => {
    expect(await infoOf('sd3-nano')).toMatchObject({
      ...{ name: 'sd3-nano', device: 'cpu', blocks: 4, heads: 4, patch: 16 },
      native: { height: 256, width: 256 },
    })
    expect(await infoOf('sd3-medium')).toMatchObject({ blocks: 24, heads: 24, patch: 16 })
  })

  it('is a size to begin with whose attention fits in memory, and no larger one is drawn', async () => {
    for (const name of ['sd3-nano', 'sd3-medium']) {
      const model = await infoOf(name)
      const { native, patch, heads, limits } = model
      const tokensOf = (side: number) => (side / patch) ** 2 + TEXT
      const bytes = (tokens: number) => heads * tokens ** 2 * 4
      expect(bytes(limits.tokens)).toBeLessThanOrEqual(2 ** 29)
      expect(bytes(limits.tokens + 1)).toBeGreaterThan(2 ** 29)
      expect(tokensOf(native.height)).toBeLessThanOrEqual(limits.tokens)
      const body = { prompt: '', ...native, numInferenceSteps: 1, guidanceScale: 7, seed: 0 }
      expect(drawSettings(body, model, TEXT)).toEqual(body)
    }
    const medium = await infoOf('sd3-medium') // 24 heads: 1024² would take 1.9 GB
    const body = { prompt: '', height: 1024, width: 1024, numInferenceSteps: 1, guidanceScale: 7, seed: 0 }
    expect(() => drawSettings(body, medium, TEXT)).toThrow(/1024 × 1024 makes 4096 patches.*\n.*at most 2031/)
  })
})
