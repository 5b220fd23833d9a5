import { describe, expect, it } from 'vitest'
import { manualSeed, tensor } from '#harness'
import { anyInteger } from './fresh.ts'
import { expectOptions, expectSeconds, noiseNotReset } from './rehearsal.ts'

const size = { height: 64, width: 48, guidanceScale: 5 }
const settings = { ...size, seed: 7 }
const check = (noise: object) => () =>
  expectOptions({ prompt: 'a boat', ...size, ...noise }, { steps: 28, settings }, 'the run')

describe('the options of a run', () => {
  it('may hand over the noise of the seed instead of the seed', () => {
    const dims = [1, 16, 8, 6]
    expect(check({ latents: manualSeed(7).randn(dims) })).not.toThrow()
    expect(check({ latents: manualSeed(8).randn(dims) })).toThrow(noiseNotReset)
    expect(check({ latents: manualSeed(8).randn(dims), seed: 7 })).toThrow(noiseNotReset)
    expect(check({})).toThrow(noiseNotReset)
  })

  it('name the prompt, and say so to who passed embeddings', () => {
    const run = { prompt: 'a boat', steps: 28, settings }
    const none = tensor([1], [0])
    const embeddings = {
      promptEmbeds: none,
      pooledPromptEmbeds: none,
      negativePromptEmbeds: null,
      negativePooledPromptEmbeds: null,
    }
    expect(() => expectOptions({ ...settings, embeddings }, run, 'the run')).toThrow('Pass the prompt itself')
    expect(() => expectOptions({ ...settings, prompt: 'a cat' }, run, 'the run')).toThrow(
      /'a boat', received 'a cat'\.$/,
    )
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
