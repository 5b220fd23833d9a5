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
})
