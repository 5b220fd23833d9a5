import { describe, expect, it } from 'vitest'
import { concat } from '#harness'
import { anyImage } from './fresh.ts'
import { freshPipeline } from './fresh-pipeline.ts'

describe('a fresh pipeline', () => {
  it('decodes latents together as it decodes them one by one', async () => {
    const { pipe, sizes } = freshPipeline()
    const sides: [number, number] = [2 * sizes.scale, 3 * sizes.scale]
    const [a, b] = [await pipe.vaeEncode(anyImage(...sides)), await pipe.vaeEncode(anyImage(...sides))]
    const apart = [...(await pipe.vaeDecode(a)), ...(await pipe.vaeDecode(b))]
    expect(await pipe.vaeDecode(concat([a, b], 0))).toEqual(apart)
  })

  it('puts zeros where a silent encoder would speak, of the negative prompt too', async () => {
    const { pipe, sizes } = freshPipeline()
    const loud = await pipe.encodePrompt({ prompt: 'a red ball' })
    const silent = await pipe.encodePrompt({ prompt: 'a red ball', silence: ['textEncoder3'] })
    const from = sizes.clipTokens * sizes.textWidth
    for (const name of ['promptEmbeds', 'negativePromptEmbeds'] as const) {
      const { dims, data } = loud[name]!
      expect(silent[name]).toEqual({ dims, data: data.slice().fill(0, from) })
    }
    expect(silent.pooledPromptEmbeds).toEqual(loud.pooledPromptEmbeds)
  })
})
