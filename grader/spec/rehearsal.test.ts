import { describe, expect, it } from 'vitest'
import { manualSeed } from '#harness'
import { expectOptions, noiseNotReset } from './rehearsal.ts'

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
})
