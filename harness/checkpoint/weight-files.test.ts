import { describe, expect, it } from 'vitest'
import { weightSets } from './weight-files.ts'

const single = (file: string, variant: string | null = null) => ({
  variant,
  index: null,
  files: [file],
  complete: true,
})

describe('weight files are grouped', () => {
  it('as diffusers names single files', () => {
    expect(weightSets(['config.json', 'model.fp16.safetensors', 'model.safetensors', 'model.bin'])).toEqual([
      single('model.safetensors'),
      single('model.fp16.safetensors', 'fp16'),
    ])
  })

  it('as text_encoder_3 of SD3 Medium is laid out: two precisions, each in two shards', () => {
    const names = [
      'config.json',
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
      'model.fp16-00001-of-00002.safetensors',
      'model.fp16-00002-of-00002.safetensors',
      'model.safetensors.index.fp16.json',
      'model.safetensors.index.json',
    ]
    expect(weightSets(names)).toEqual([
      { variant: null, index: names[6], files: names.slice(1, 3), complete: true },
      { variant: 'fp16', index: names[5], files: names.slice(3, 5), complete: true },
    ])
  })

  it.each([
    ['model-00001-of-00001.fp16.safetensors', 'model.safetensors.fp16.index.json'],
    ['model.fp16-00001-of-00001.safetensors', 'model.fp16.safetensors.index.json'],
    ['model.bf16-00001-of-00001.safetensors', 'model.safetensors.index.bf16.json'],
  ])('with the shards and the index in other spellings: %s', (shard, index) => {
    const variant = shard.includes('bf16') ? 'bf16' : 'fp16'
    expect(weightSets([index, shard])).toEqual([{ variant, index, files: [shard], complete: true }])
  })

  it('as incomplete when a shard or the index is missing, after what is complete', () => {
    expect(weightSets(['model-00001-of-00002.safetensors', 'model.safetensors.index.json'])[0]).toMatchObject(
      { complete: false },
    )
    expect(weightSets(['model-00001-of-00001.safetensors'])[0]).toMatchObject({ complete: false })
    const sets = weightSets(['m-00002-of-00002.safetensors', 'm.safetensors', 'm.safetensors.index.json'])
    expect(sets.map(({ complete }) => complete)).toEqual([true, false])
  })

  it('a component’s own weights before adapters, precisions before other variants', () => {
    const names = ['adapter.safetensors', 'model.non_ema.safetensors', 'model.bf16.safetensors']
    expect(weightSets(names).map(({ files }) => files[0])).toEqual([names[2], names[1], names[0]])
  })
})
