import { cp, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { modelFolder } from './cli/model-folder.ts'
import { relativeError } from './fixtures/read-tensors.ts'
import {
  concat,
  manualSeed,
  rows,
  StableDiffusion3Pipeline,
  zeros,
  type GenerateOptions,
  type TextEncoderName,
  type TransformerInputs,
} from './index.ts'

let pipe: StableDiffusion3Pipeline
beforeAll(async () => {
  pipe = await StableDiffusion3Pipeline.fromPretrained(modelFolder(), { device: 'cpu' })
})
afterAll(() => pipe.release())
afterEach(() => void vi.restoreAllMocks())

const small = { prompt: 'a red ball', height: 64, width: 96, numInferenceSteps: 2, seed: 1 }

describe('generate', () => {
  it('draws the same picture from the same seed, another from another', async () => {
    const [first, again, other] = [
      await pipe.generate(small),
      await pipe.generate(small),
      await pipe.generate({ ...small, seed: 2 }),
    ]
    expect(again.images).toEqual(first.images)
    expect(other.images).not.toEqual(first.images)
    expect(first.images[0]).toMatchObject({ width: 96, height: 64 })
  })

  it('reports the seed it drew, and that seed draws the same picture', async () => {
    const { seed: _, ...unseeded } = small
    const { seed, latents } = await pipe.generate({ ...unseeded, outputType: 'latent' })
    const again = await pipe.generate({ ...unseeded, seed: seed!, outputType: 'latent' })
    expect(again.latents).toEqual(latents)
  })

  it('starts from given latents instead of a seed', async () => {
    const latents = manualSeed(1).randn([1, 16, 8, 12])
    const { seed: _, ...unseeded } = small
    expect((await pipe.generate({ ...unseeded, latents })).images).toEqual(
      (await pipe.generate(small)).images,
    )
  })

  it('draws each prompt of a batch as it would alone, from its own part of the noise', async () => {
    const prompt = ['a red ball', 'a blue cube']
    const both = await pipe.generate({ ...small, prompt, outputType: 'latent' })
    const noise = manualSeed(1).randn([2, 16, 8, 12])
    const { seed: _, ...unseeded } = { ...small, prompt: prompt[1], latents: rows(noise, 1, 2) }
    const alone = await pipe.generate({ ...unseeded, outputType: 'latent' })
    expect(relativeError(alone.latents, rows(both.latents, 1, 2))).toBeLessThan(1e-4)
  })

  it('draws the same from embeddings as from the prompt they encode', async () => {
    const { prompt, ...rest } = small
    const embeddings = await pipe.encodePrompt({ prompt })
    expect((await pipe.generate({ ...rest, embeddings })).images).toEqual((await pipe.generate(small)).images)
  })

  it('calls back after each step with its timestep, and goes on from the latents that come back', async () => {
    const seen: [number, number][] = []
    const { latents } = await pipe.generate({
      ...small,
      outputType: 'latent',
      callbackOnStepEnd: (handle, step, timestep, tensors) => {
        expect(handle).toBe(pipe)
        seen.push([step, timestep])
        return step === 1 ? { latents: zeros(tensors.latents.dims) } : undefined
      },
    })
    expect(seen.map(([step]) => step)).toEqual([0, 1])
    expect(seen[0][1]).toBe(1000)
    expect(latents.data.every((value) => value === 0)).toBe(true)
  })

  it('without guidance runs the prompt alone and gives another picture', async () => {
    const unguided = await pipe.generate({ ...small, guidanceScale: 1 })
    expect(unguided.images).not.toEqual((await pipe.generate(small)).images)
  })
})

describe('a silenced encoder', () => {
  const embeddings = async (silence: TextEncoderName[]) => {
    const { promptEmbeds, pooledPromptEmbeds, ...negative } = await pipe.encodePrompt({
      prompt: ['a red ball', 'a blue cube'],
      silence,
    })
    const { negativePromptEmbeds, negativePooledPromptEmbeds } = negative
    return {
      sequences: concat([promptEmbeds, negativePromptEmbeds!], 0), // [4, 77 + 256, 4096]
      pooled: concat([pooledPromptEmbeds, negativePooledPromptEmbeds!], 0), // [4, 768 + 1280]
    }
  }
  /** Where each encoder stands: rows and columns of the sequences, columns of the pooled vectors. */
  const places = {
    textEncoder: { rows: [0, 77], columns: [0, 768], pooled: [0, 768] },
    textEncoder2: { rows: [0, 77], columns: [768, 2048], pooled: [768, 2048] },
    textEncoder3: { rows: [77, 333], columns: [0, 4096], pooled: [0, 0] },
  }
  const within = (at: number, [start, end]: number[]) => start <= at && at < end

  it.each([
    [['textEncoder']],
    [['textEncoder2']],
    [['textEncoder3']],
    [['textEncoder2', 'textEncoder']],
  ] as TextEncoderName[][][])('%s says zeros, and the others what they always say', async (silence) => {
    const [loud, silent] = [await embeddings([]), await embeddings(silence)]
    const silenced = silence.map((name) => places[name])
    const [, , width] = loud.sequences.dims
    const pooledWidth = loud.pooled.dims[1]
    // In a loop: Vitest takes a minute to compare millions of numbers.
    const others = { sequences: 0, pooled: 0 }
    for (const [i, value] of silent.sequences.data.entries()) {
      const [row, column] = [Math.floor(i / width) % 333, i % width]
      const zero = silenced.some((at) => within(row, at.rows) && within(column, at.columns))
      others.sequences += Number(value !== (zero ? 0 : loud.sequences.data[i]))
    }
    for (const [i, value] of silent.pooled.data.entries()) {
      const zero = silenced.some((at) => within(i % pooledWidth, at.pooled))
      others.pooled += Number(value !== (zero ? 0 : loud.pooled.data[i]))
    }
    expect(silent.sequences.dims).toEqual([4, 333, 4096])
    expect(silent.pooled.dims).toEqual([4, 2048])
    expect(others, 'numbers that are others than they should be').toEqual({ sequences: 0, pooled: 0 })
    for (const {
      rows: [row],
      columns: [column],
    } of silenced)
      expect(loud.sequences.data[row * width + column], 'loud').not.toBe(0)
  })

  it('changes the picture', async () => {
    const { latents } = await pipe.generate({ ...small, outputType: 'latent' })
    const silent = await pipe.generate({ ...small, outputType: 'latent', silence: ['textEncoder3'] })
    expect(silent.latents).not.toEqual(latents)
  })
})

describe('bad input to generate', () => {
  const short = { dims: [1, 16, 8, 12], data: new Float32Array(3) }

  it.each([
    [
      'a height not divisible by 16',
      { height: 72 },
      /height is 72\.\n.*multiple of 16 up to 1024, such as 80/,
    ],
    ['a height in quotes', { height: '64' }, /height is "64"\.\n.*such as 64/],
    ['a width of 0', { width: 0 }, /width is 0\.\n.*multiple of 16/],
    ['a fraction of a pixel', { height: 64.5 }, /height is 64\.5/],
    ['a width beyond the position table', { width: 4096 }, /width is 4096\.\n.*such as 1024/],
    ['no steps', { numInferenceSteps: 0 }, /number of steps is 0/],
    ['a seed that is no whole number', { seed: -1.5 }, /-1\.5/],
    ['an empty batch', { prompt: [] }, /prompt is an empty list/],
    ['prompts of different lengths', { prompt2: ['a', 'b'] }, /prompt has 1 entries and prompt2 has 2/],
    ['more negatives than prompts', { negativePrompt: ['a', 'b'] }, /negativePrompt has 2 entries for 1/],
    ['more T5 tokens than it reads', { maxSequenceLength: 513 }, /maxSequenceLength is 513/],
    ['more skipped layers than there are', { clipSkip: 2 }, /clipSkip is 2, and textEncoder has 2 layers/],
    [
      'latents of another size',
      { latents: zeros([1, 16, 8, 8]) },
      /latents has shape \[1, 16, 8, 8\]\.\n.*\[1, 16, 8, 12\]/,
    ],
    ['no pictures per prompt', { numImagesPerPrompt: 0 }, /numImagesPerPrompt is 0\.\n.*at least 1/],
    ['half a picture per prompt', { numImagesPerPrompt: 1.5 }, /numImagesPerPrompt is 1\.5/],
    ['a guidance that is no number', { guidanceScale: NaN }, /guidanceScale is NaN/],
    ['a guidance in quotes', { guidanceScale: '7' }, /guidanceScale is "7"\.\nPass a number/],
    ['an infinite guidance', { guidanceScale: Infinity }, /guidanceScale is Infinity/],
    ['latents whose data do not fill them', { latents: short }, /\[1, 16, 8, 12\] and 3 values\.\n.*1536/],
    ['such latents from the callback', { callbackOnStepEnd: () => ({ latents: short }) }, /and 3 values/],
  ])('%s: refused with what came and what to do', async (_, options, message) => {
    await expect(pipe.generate({ ...small, ...(options as GenerateOptions) })).rejects.toThrow(message)
  })

  it.each([
    ['height', { height: 72 }, /^height is 72/],
    ['steps', { numInferenceSteps: 2.5 }, /^The number of steps is 2\.5/],
    ['seed', { seed: -1 }, /^The seed is -1/],
    ['sampler', { sampler: 'ddim' as const }, /^sampler is "ddim".*\nPass "euler"/],
    ['guidance', { guidanceScale: NaN }, /^guidanceScale is NaN/],
  ])('a wrong %s is refused before a network is loaded to encode the prompt', async (_, options, message) => {
    const encode = vi.spyOn(pipe, 'encodePrompt')
    await expect(pipe.generate({ ...small, ...options })).rejects.toThrow(message)
    expect(encode).not.toHaveBeenCalled()
  })

  it.each([
    ['a number for a prompt', { prompt: 5 }, /prompt is 5\.\nPass a text/],
    ['null for a negative prompt', { negativePrompt: null }, /negativePrompt is null/],
    ['a list that is not all text', { prompt3: [undefined] }, /prompt3 is \[null\]/],
    ['diffusers’ name of an encoder', { silence: ['text_encoder'] }, /silence is \["text_encoder"\]/],
    ['one encoder that is no list', { silence: 'textEncoder' }, /silence is "textEncoder"\.\nPass a list/],
    [
      'diffusers’ name of an output',
      { outputType: 'pil' },
      /outputType is "pil"\.\nPass "image" or "latent"/,
    ],
  ])('%s, which no compiler stops in plain JavaScript', async (_, options, message) => {
    await expect(pipe.generate({ ...small, ...options } as never)).rejects.toThrow(message)
  })

  it.each(['prompt', 'negativePrompt2', 'numImagesPerPrompt', 'silence'])(
    '%s beside embeddings, where nobody would read it',
    async (name) => {
      const { prompt, ...rest } = small
      const embeddings = await pipe.encodePrompt({ prompt })
      const generating = pipe.generate({
        ...rest,
        embeddings,
        [name]: name === 'numImagesPerPrompt' ? 2 : 'x',
      })
      await expect(generating).rejects.toThrow(`Both ${name} and embeddings`)
    },
  )

  it('NaN latents are refused, not drawn', async () => {
    const latents = zeros([1, 16, 8, 12])
    latents.data[5] = NaN
    await expect(pipe.generate({ ...small, latents })).rejects.toThrow(
      /latents \[1, 16, 8, 12\] holds NaN at element 5/,
    )
    await expect(pipe.vaeDecode(latents)).rejects.toThrow(/NaN at element 5/)
  })

  it('latents without a row are refused, and no device is blamed', async () => {
    await expect(pipe.vaeDecode(zeros([1, 16, 0, 4]))).rejects.toThrow(/^latents has shape \[1, 16, 0, 4\]/)
  })

  it('NaN from the callback is refused, even where nothing would be drawn from it', async () => {
    const broken = zeros([1, 16, 8, 12])
    broken.data[7] = NaN
    const options = {
      ...small,
      outputType: 'latent',
      callbackOnStepEnd: () => ({ latents: broken }),
    } as const
    await expect(pipe.generate({ ...options, numInferenceSteps: 1 })).rejects.toThrow(
      /latents that callbackOnStepEnd returned \[1, 16, 8, 12\] holds NaN at element 7/,
    )
  })

  it('embeddings without negatives are refused when guidance needs them', async () => {
    const { prompt, ...rest } = small
    const embeddings = await pipe.encodePrompt({ prompt, doClassifierFreeGuidance: false })
    await expect(pipe.generate({ ...rest, embeddings })).rejects.toThrow(/no negatives/)
  })

  it('embeddings that do not belong together are named as they were passed', async () => {
    const { prompt, ...rest } = small
    const embeddings = await pipe.encodePrompt({ prompt: [prompt, prompt] })
    const single = await pipe.encodePrompt({ prompt, maxSequenceLength: 7 })
    for (const name of [
      'pooledPromptEmbeds',
      'negativePromptEmbeds',
      'negativePooledPromptEmbeds',
    ] as const) {
      const generating = pipe.generate({ ...rest, embeddings: { ...embeddings, [name]: single[name] } })
      await expect(generating).rejects.toThrow(`embeddings.${name} has shape [1, `)
    }
  })

  it('an over-long prompt is drawn, with a warning that quotes what was cut off', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    await pipe.encodeText('textEncoder', `${'a red ball and '.repeat(30)} the very last words`)
    expect(warn.mock.calls.flat().join('\n')).toMatch(/textEncoder reads 77 tokens.*the very last words"/)
  })
})

describe('bad input to one part', () => {
  const inputs = {
    hiddenStates: zeros([2, 16, 4, 4]),
    encoderHiddenStates: zeros([2, 5, 4096]),
    pooledProjections: zeros([2, 2048]),
    timestep: 500,
  }

  it.each([
    ['latents of half a patch', { hiddenStates: zeros([2, 16, 5, 4]) }, /a height of 5\.\n.*multiple of 2/],
    [
      'latents beyond the position table',
      { hiddenStates: zeros([2, 16, 4, 130]) },
      /width of 130\.\n.*up to 128/,
    ],
    ['an empty batch', { hiddenStates: zeros([0, 16, 4, 4]) }, /empty batch/],
    [
      'text of another batch',
      { encoderHiddenStates: zeros([1, 5, 4096]) },
      /encoderHiddenStates has shape \[1,/,
    ],
    ['too many timesteps', { timestep: [1, 2, 3] }, /timestep is \[1, 2, 3\], for a batch of 2/],
    ['a timestep that is no number', { timestep: NaN }, /timestep is NaN/],
    ['no timestep', { timestep: undefined }, /timestep is undefined, for a batch of 2/],
  ])('the transformer refuses %s', async (_, change, message) => {
    const wrong = { ...inputs, ...change } as TransformerInputs
    await expect(pipe.transformer(wrong)).rejects.toThrow(message)
  })

  it('the VAE refuses a picture that it would cut off', async () => {
    const picture = { width: 20, height: 16, data: new Uint8Array(20 * 16 * 3) }
    await expect(pipe.vaeEncode(picture)).rejects.toThrow(/16 × 20 pixels .*\n.*multiples of 8/)
  })

  it('an encoder that there is not is no encoder the checkpoint lacks', async () => {
    await expect(pipe.encodeText('t5' as never, 'a')).rejects.toThrow(/no encoder "t5"\.\n.*textEncoder3/)
  })

  it('an encoder refuses an empty batch', async () => {
    await expect(pipe.encodeText('textEncoder', [])).rejects.toThrow(/empty list/)
  })
})

describe('a checkpoint', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'checkpoint-'))
    await cp(modelFolder(), folder, { recursive: true, dereference: true })
  })
  afterAll(() => rm(folder, { recursive: true }))

  const edit = async (change: (index: Record<string, unknown>) => void) => {
    const path = join(folder, 'model_index.json')
    const index = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
    change(index)
    await writeFile(path, JSON.stringify(index))
  }

  it.skipIf(process.platform === 'win32')(
    'whose weights are links, as in Hugging Face’s cache, draws',
    async () => {
      const blob = join(folder, 'vae-blob')
      const weights = join(folder, 'vae', 'diffusion_pytorch_model.safetensors')
      await rename(weights, blob)
      await symlink(join('..', 'vae-blob'), weights)
      const linked = await StableDiffusion3Pipeline.fromPretrained(folder, { device: 'cpu' })
      const latents = manualSeed(1).randn([1, 16, 2, 2])
      expect(await linked.vaeDecode(latents)).toEqual(await pipe.vaeDecode(latents))
      await linked.release()
    },
  )

  it('without T5 is read with zeros in its place, and says so when T5 is asked', async () => {
    await edit((index) => {
      index.text_encoder_3 = [null, null]
      index.tokenizer_3 = [null, null]
    })
    const partial = await StableDiffusion3Pipeline.fromPretrained(folder, { device: 'cpu' })
    expect((await partial.components()).textEncoder3).toBeNull()
    const { promptEmbeds } = await partial.encodePrompt({ prompt: 'a red ball' })
    const whole = await pipe.encodePrompt({ prompt: 'a red ball' })
    expect(promptEmbeds.dims).toEqual(whole.promptEmbeds.dims)
    const clipValues = 77 * promptEmbeds.dims[2]
    expect(promptEmbeds.data.subarray(clipValues).every((value) => value === 0)).toBe(true)
    expect(promptEmbeds.data.subarray(0, clipValues)).toEqual(whole.promptEmbeds.data.subarray(0, clipValues))
    await expect(partial.encodeText('textEncoder3', 'a')).rejects.toThrow(/saved without textEncoder3/)
    await partial.release()
  })

  it('of another pipeline is refused by name', async () => {
    await edit((index) => (index._class_name = 'FluxPipeline'))
    await expect(StableDiffusion3Pipeline.fromPretrained(folder)).rejects.toThrow(
      /names the pipeline "FluxPipeline"/,
    )
  })

  it('that is not there, and a device that is none, are named', async () => {
    await expect(StableDiffusion3Pipeline.fromPretrained('nowhere')).rejects.toThrow(
      /no nowhere.model_index\.json/,
    )
    await expect(StableDiffusion3Pipeline.fromPretrained(modelFolder(), { device: 'tpu' })).rejects.toThrow(
      /no device "tpu"\.\n.*cpu, cuda, webgpu, auto/,
    )
  })

  it('in a form of graph that there is not, or not on this device, is refused', async () => {
    for (const [form, problem] of [
      ['fast', /SD3_GRAPH is "fast"/],
      ['fused', /"fused", which is for CUDA, and this runs on cpu/],
    ] as const) {
      vi.stubEnv('SD3_GRAPH', form)
      await expect(StableDiffusion3Pipeline.fromPretrained(modelFolder(), { device: 'cpu' })).rejects.toThrow(
        problem,
      )
    }
    vi.unstubAllEnvs()
  })
})

it('a pipeline works again after its memory was released', async () => {
  const before = await pipe.generate(small)
  await pipe.release()
  expect((await pipe.generate(small)).images).toEqual(before.images)
})
