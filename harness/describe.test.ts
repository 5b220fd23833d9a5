import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describePipeline, sizeOf, type Component } from './index.ts'

const count = (component: Component | null) =>
  component!.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)

describe('SD3 Medium, described from its configs', async () => {
  const medium = await describePipeline(resolve('models/sd3-medium'))

  // The files' own totals: safetensors headers and index metadata of stabilityai/stable-diffusion-3-medium-diffusers.
  it.each([
    ['text_encoder', medium.textEncoder, 123_650_304, 197],
    ['text_encoder_2', medium.textEncoder2, 694_659_840, 517],
    ['text_encoder_3', medium.textEncoder3, 4_762_310_656, 219],
    ['transformer', medium.transformer, 2_028_328_000, 682],
    ['vae', medium.vae, 83_819_683, 244],
  ])('has every parameter of %s', (_, component, parameters, tensors) => {
    expect(count(component)).toBe(parameters)
    expect(component!.parameters.length).toBe(tensors)
    expect(new Set(component!.parameters.map(({ name }) => name)).size).toBe(tensors)
  })

  it('keeps the position table apart from the parameters', () => {
    expect(medium.transformer.buffers).toEqual([
      { name: 'pos_embed.pos_embed', shape: [1, 36864, 1536], module: 'pos_embed', moduleType: 'PatchEmbed' },
    ])
  })

  it('drops the text stream after the last block', () => {
    const names = (block: number) =>
      medium.transformer.parameters.filter(({ name }) => name.startsWith(`transformer_blocks.${block}.`))
    expect(names(0)).toHaveLength(28)
    expect(names(23)).toHaveLength(22)
  })
})
