import { describe, expect, it } from 'vitest'
import { manualSeed, type GenerateOptions } from '#harness'
import { anyInteger } from './fresh.ts'
import { freshPipeline } from './fresh-pipeline.ts'
import { expectOptions, expectSeconds, noiseNotReset } from './rehearsal.ts'

const size = { height: 64, width: 48, guidanceScale: 5 }
const settings = { ...size, seed: 7 }
const { pipe } = freshPipeline()
const check = (options: GenerateOptions, prompt = 'a boat') =>
  expect(expectOptions(pipe, options, { prompt, steps: 28, settings }, 'the run'))

describe('the options of a run', () => {
  it('may hand over the noise of the seed instead of the seed', async () => {
    const run = { prompt: 'a boat', ...size }
    const noise = (seed: number) => manualSeed(seed).randn([1, 16, 8, 6])
    await check({ ...run, latents: noise(7) }).resolves.toBeUndefined()
    await check({ ...run, latents: noise(8) }).rejects.toThrow(noiseNotReset)
    await check({ ...run, latents: noise(8), seed: 7 }).rejects.toThrow(noiseNotReset)
    await check(run).rejects.toThrow(noiseNotReset)
  })

  it('name the prompt, or hand it over encoded', async () => {
    const encoded = async (prompt: string | string[]) => ({
      ...settings,
      embeddings: await pipe.encodePrompt({ prompt }),
    })
    await check({ ...settings, prompt: ['a boat'] }).resolves.toBeUndefined()
    await check(await encoded('a boat')).resolves.toBeUndefined()
    await check(await encoded(['a boat'])).resolves.toBeUndefined()
    await check({ ...settings, prompt: 'a cat' }).rejects.toThrow(/'a boat', received 'a cat'\.$/)
    await check(await encoded('a cat')).rejects.toThrow('promptEmbeds of the run, for "a boat"')
  })

  it('hand over the negatives too, which guidance needs', async () => {
    const embeddings = await pipe.encodePrompt({ prompt: 'a boat', doClassifierFreeGuidance: false })
    await check({ ...settings, embeddings }).rejects.toThrow(/^negativePromptEmbeds .* received null/)
  })
})

describe('the seconds of a run', () => {
  it('may come from a clock that counts whole milliseconds', () => {
    for (let i = 0; i < 1000; i++) {
      const [start, took] = [anyInteger(0, 999_999) / 1000, anyInteger(15_000, 60_000) / 1000]
      const ticks = Math.floor(start + took) - Math.floor(start)
      expect(() => expectSeconds(ticks / 1000, took / 1000, took / 1000)).not.toThrow()
    }
    expect(() => expectSeconds(0.01, 0.015, 0.02)).toThrow('less than that')
    expect(() => expectSeconds(15, 0.015, 0.02)).toThrow('milliseconds')
  })
})
