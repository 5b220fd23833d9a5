import { comparisonOf, sd15 } from '#grader/oracles/sd15.ts'
import { manualSeed, type Image, type Pipeline, type TextEncoderName } from '#harness'
import { clipRows } from './inspection.ts'
import { lesson, type Measurement, type Subject } from './measurement.ts'
import { distance, toPicture, type Picture } from './picture.ts'

/** What a stage works on; `both` is the joint sequence. */
export type Stream = 'text' | 'image' | 'both' | 'pixels'

export interface TracedStage {
  number: number
  what: string
  stream: Stream
  /** As measured; null for a network that the checkpoint was saved without. */
  shape: number[] | null
}

export interface FilmFrame {
  /** Counted from 1. */
  step: number
  /** Share of noise that is left after the step. */
  sigma: number
  /** To the finished picture: root mean square difference, in levels of 0 to 255. */
  distance: number
  picture: Picture
}

export interface PipelineTrace {
  side: number
  stages: TracedStage[]
  film: FilmFrame[]
  /** Rows of the combined embeddings: CLIP's, and all. */
  textTokens: { clip: number; all: number }
  /** The transformer's width, its heads, and the width of the embeddings that it is given. */
  width: { inner: number; heads: number; given: number }
  /** A latent of 64 × 64 cells, in pixels. */
  pixelsOf64: { cell: number; side: number }
  /** Components that SD v1.5 and this model have in common, of how many. */
  preserved: { names: string[]; of: number }
}

const STEPS = 8

/** Exercise 4: every stage's shape, and the film, from one run. */
export const pipelineTrace: Measurement<PipelineTrace> = {
  name: 'pipeline-trace',
  version: 1,
  work: 2 * STEPS + 2,
  async measure(subject) {
    const { pipe, side } = subject
    const components = await pipe.components()
    const { transformer, vaeScaleFactor } = components
    const before = await beforeSampling(subject)
    const { frames, shapes } = await filmed(subject)
    const picture = frames[frames.length - 1].image
    const drawn: TracedStage[] = [
      { number: 11, what: 'One flow matching step', stream: 'image', shape: shapes[0] },
      {
        number: 12,
        what: `All ${shapes.length} steps, one below the other`,
        stream: 'image',
        shape: [shapes.length, ...shapes[0].slice(1)],
      },
      { number: 13, what: 'VAE decodes the latents', stream: 'pixels', shape: shapeOf(picture) },
    ]
    const { num_attention_heads: heads, attention_head_dim: size } = transformer.config
    const { textRows } = before
    const sizes = {
      clipTokens: clipRows(components),
      t5Tokens: textRows - clipRows(components),
      textWidth: Number(transformer.config.joint_attention_dim),
      channels: Number(transformer.config.in_channels),
      scale: vaeScaleFactor,
      sampleSize: Number(transformer.config.sample_size),
    }
    const sd3 = await comparisonOf(pipe, sizes)
    const names = Object.keys(sd15)
    return {
      side,
      stages: [...before.stages, ...drawn],
      film: await Promise.all(
        frames.map(async ({ image, ...frame }) => ({
          ...frame,
          distance: distance(image, picture),
          picture: await toPicture(image),
        })),
      ),
      textTokens: { clip: sizes.clipTokens, all: textRows },
      width: { inner: Number(heads) * Number(size), heads: Number(heads), given: sizes.textWidth },
      pixelsOf64: { cell: vaeScaleFactor, side: 64 * vaeScaleFactor },
      preserved: { names: names.filter((name) => sd3[name] === sd15[name]), of: names.length },
    }
  },
}

/** Stages 1 to 10: three encoders, and one unguided pass of the transformer at full noise. */
async function beforeSampling({ pipe, side, advance }: Subject): Promise<{
  stages: TracedStage[]
  textRows: number
}> {
  const components = await pipe.components()
  const { transformer, vaeScaleFactor } = components
  const { prompt, seed } = lesson
  const hiddenStates = async (name: TextEncoderName) =>
    components[name] ? (await pipe.encodeText(name, prompt)).hiddenStates.dims : null
  const shapes: (number[] | null)[] = []
  for (const name of ['textEncoder', 'textEncoder2', 'textEncoder3'] as const)
    shapes.push(await hiddenStates(name))

  const embeddings = await pipe.encodePrompt({ prompt, doClassifierFreeGuidance: false })
  advance()
  const blocks = Number(transformer.config.num_layers)
  const [first, last] = ['transformer_blocks.0.attn', `transformer_blocks.${blocks - 1}`]
  const cells = side / vaeScaleFactor
  const { sample, taps } = await pipe.transformer(
    {
      hiddenStates: manualSeed(seed).randn([1, Number(transformer.config.in_channels), cells, cells]),
      encoderHiddenStates: embeddings.promptEmbeds,
      pooledProjections: embeddings.pooledPromptEmbeds,
      timestep: 1000,
    },
    { taps: ['time_text_embed', 'context_embedder', 'pos_embed', first, last] },
  )
  advance()
  const { dims: attention } = taps[first] // [1, heads, tokens, tokens]
  const { dims: patches } = taps.pos_embed // [1, tokens, width]
  const stages: [string, Stream, number[] | null][] = [
    ['CLIP ViT-L reads the prompt', 'text', shapes[0]],
    ['CLIP bigG reads the prompt', 'text', shapes[1]],
    ['T5 reads the prompt', 'text', shapes[2]],
    ['Pooled text and timestep become one vector', 'text', taps.time_text_embed.dims],
    ['Embeddings become text tokens', 'text', taps.context_embedder.dims],
    ['Noise is cut into patches: image tokens', 'image', patches],
    ['Image and text tokens in one sequence', 'both', [patches[0], attention[3], patches[2]]],
    [`Joint attention, the first of ${blocks} blocks`, 'both', attention],
    ['Image tokens leave the last block', 'image', taps[last].dims],
    ['Tokens are put back in place: the velocity', 'image', sample.dims],
  ]
  return {
    stages: stages.map(([what, stream, shape], i) => ({ number: i + 1, what, stream, shape })),
    textRows: embeddings.promptEmbeds.dims[1],
  }
}

/** One run, and what the VAE makes of the latents after each of its steps. */
async function filmed({ pipe, side, advance }: Subject): Promise<{
  frames: { step: number; sigma: number; image: Image }[]
  shapes: number[][]
}> {
  const { prompt, seed, guidanceScale } = lesson
  const taken: { timestep: number; latents: Parameters<Pipeline['vaeDecode']>[0] }[] = []
  const size = { height: side, width: side, numInferenceSteps: STEPS }
  await pipe.generate({
    ...{ prompt, seed, guidanceScale, ...size, outputType: 'latent' },
    callbackOnStepEnd: (_, __, timestep, { latents }) => {
      taken.push({ timestep, latents })
      advance()
    },
  })
  const frames: { step: number; sigma: number; image: Image }[] = []
  for (const [i, { latents }] of taken.entries()) {
    const [image] = await pipe.vaeDecode(latents)
    advance()
    // What is left after a step is what the next one is told.
    frames.push({ step: i + 1, sigma: (taken[i + 1]?.timestep ?? 0) / 1000, image })
  }
  return { frames, shapes: taken.map(({ latents }) => latents.dims) }
}

function shapeOf({ height, width, data }: Image): number[] {
  return [height, width, data.length / (height * width)]
}
