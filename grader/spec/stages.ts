import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { Pipeline } from '#harness'
import { expectEqual, type Mistake } from './check.ts'
import type { Sizes } from './fresh-pipeline.ts'

type Exercise = typeof import('#exercises/04-pipeline-trace/pipeline-trace.ts')
export type TraceRequest = Parameters<Exercise['tracePipeline']>[1]
export type Stage = Awaited<ReturnType<Exercise['tracePipeline']>>[number]

/** What the shapes of a pipeline's stages follow from. */
export async function sizesOf(pipe: Pipeline): Promise<Sizes> {
  const { textEncoder, textEncoder2, textEncoder3, transformer, vaeScaleFactor } = await pipe.components()
  const number = (config: Record<string, unknown> | undefined, key: string) => Number(config?.[key])
  const { promptEmbeds } = await pipe.encodePrompt({ prompt: '', doClassifierFreeGuidance: false })
  const clipTokens = number(textEncoder?.config, 'max_position_embeddings')
  return {
    clipTokens,
    clipWidths: [number(textEncoder?.config, 'hidden_size'), number(textEncoder2?.config, 'hidden_size')],
    t5: textEncoder3 !== null,
    t5Tokens: promptEmbeds.dims[1] - clipTokens,
    textWidth: number(transformer.config, 'joint_attention_dim'),
    heads: number(transformer.config, 'num_attention_heads'),
    headDim: number(transformer.config, 'attention_head_dim'),
    blocks: number(transformer.config, 'num_layers'),
    patchSize: number(transformer.config, 'patch_size'),
    channels: number(transformer.config, 'in_channels'),
    scale: vaeScaleFactor,
    sampleSize: number(transformer.config, 'sample_size'),
  }
}

type ExpectedStage = Pick<Stage, 'number' | 'lessons'> & {
  shape: number[] | null
  mistakes: Mistake<unknown>[]
}

/** All thirteen stages: their shapes, lessons, and the shapes that people take for them. */
export function expectedStages(
  sizes: Sizes,
  { height, width, numInferenceSteps }: TraceRequest,
): ExpectedStage[] {
  const { clipTokens, clipWidths, t5Tokens, textWidth, heads, patchSize, channels, scale } = sizes
  const [rows, columns] = [height / scale, width / scale]
  const image = (rows / patchSize) * (columns / patchSize)
  const text = clipTokens + t5Tokens
  const inner = heads * sizes.headDim
  const latents = [1, channels, rows, columns]
  const onlyClip = 'Only CLIP’s tokens are counted; T5’s stand behind them in the same sequence.'
  const stage = (
    number: number,
    shape: number[] | null,
    lessons: Stage['lessons'],
    mistakes: Mistake<unknown>[] = [],
  ): ExpectedStage => ({ number, shape, lessons, mistakes })
  return [
    stage(1, [1, clipTokens, clipWidths[0]], ['CLIP (6.3.3)'], [[[1, clipWidths[0]], pooledVector]]),
    stage(2, [1, clipTokens, clipWidths[1]], ['SDXL (7.4.1)'], [[[1, clipWidths[1]], pooledVector]]),
    stage(
      3,
      sizes.t5 ? [1, t5Tokens, textWidth] : null,
      ['SD3 & Flux (7.4.3)'],
      [[[1, text, textWidth], 'That is all three encoders joined; ask T5 alone.']],
    ),
    stage(
      4,
      [1, inner],
      ['Diffusion Transformers (7.4.2)'],
      [
        [
          [1, clipWidths[0] + clipWidths[1]],
          'That is the pooled text, before the timestep joins it in time_text_embed.',
        ],
      ],
    ),
    stage(
      5,
      [1, text, inner],
      ['SD3 & Flux (7.4.3)'],
      [
        [
          [1, text, textWidth],
          'That is the width the text encoders give; context_embedder projects it to the transformer’s.',
        ],
        [[1, clipTokens, inner], onlyClip],
        [[1, medium.clipTokens, inner], typedTokens(medium.clipTokens)],
        [[1, mediumText, inner], typedTokens(mediumText)],
      ],
    ),
    stage(
      6,
      [1, image, inner],
      ['Diffusion Transformers (7.4.2)'],
      [
        [latents, 'Those are the latents before they are cut into patches.'],
        [[1, image * patchSize ** 2, inner], 'One token holds a patch of latent cells, not one cell.'],
      ],
    ),
    stage(
      7,
      [1, image + text, inner],
      ['SD3 & Flux (7.4.3)'],
      [
        [[1, image + clipTokens, inner], onlyClip],
        [[1, image + medium.clipTokens, inner], typedTokens(medium.clipTokens)],
        [[1, image + mediumText, inner], typedTokens(mediumText)],
        [[1, image, inner], 'The text tokens are missing.'],
      ],
    ),
    stage(
      8,
      [1, heads, image + text, image + text],
      ['SD3 & Flux (7.4.3)', 'Diffusion Transformers (7.4.2)'],
      [
        [[1, heads, image, text], 'That is cross-attention; here every token attends to every token.'],
        [[1, heads, image, image], 'That is image to image, one of four quadrants.'],
      ],
    ),
    stage(
      9,
      [1, image, inner],
      ['SD3 & Flux (7.4.3)'],
      [
        [[1, image + text, inner], 'The text is still there; only image tokens leave the last block.'],
        [[1, text, inner], 'Those are the text tokens.'],
      ],
    ),
    stage(
      10,
      latents,
      ['Diffusion Transformers (7.4.2)'],
      [
        [[1, image, inner], 'Those are still tokens.'],
        [[1, image, patchSize ** 2 * channels], 'Those are still patches.'],
      ],
    ),
    stage(11, latents, ['Flow Matching (7.2.2)']),
    stage(
      12,
      [numInferenceSteps, channels, rows, columns],
      ['Flow Matching (7.2.2)'],
      [
        [
          [numInferenceSteps + 1, channels, rows, columns],
          'One too many: the initial noise is no step’s result.',
        ],
        [
          [28, channels, rows, columns],
          'Those are the default 28 steps, typed in. Count the steps that this run took.',
        ],
        [
          [numInferenceSteps - 1, channels, rows, columns],
          'One step is missing. The callback comes after every step, the last one too.',
        ],
        [[numInferenceSteps, 1, channels, rows, columns], 'Put the steps in place of the batch of 1.'],
        [latents, 'That is one step; all of them stand one below the other.'],
      ],
    ),
    stage(
      13,
      [height, width, 3],
      ['From Pixels to Latents (6.3.5)'],
      [
        [[3, height, width], 'An Image keeps its channels last.'],
        [[1, 3, height, width], 'An Image keeps its channels last, and is one picture.'],
        [[width, height, 3], 'Height and width are exchanged.'],
        [
          [sizes.sampleSize * scale, sizes.sampleSize * scale, 3],
          'That is the checkpoint’s default size. Pass the request’s height and width to generate.',
        ],
      ],
    ),
  ]
}

const pooledVector = 'That is the pooled vector; the hidden states have one row per token.'
const wrongLessons: Partial<Record<number, Mistake<string>>> = {
  1: ['SD3 & Flux (7.4.3)', 'SD3 has three encoders, but this one is older than all of them.'],
  2: ['CLIP (6.3.3)', 'The first CLIP is from there; the second, larger one came with SDXL.'],
  4: [
    'SDXL (7.4.1)',
    'SDXL brought the pooled vector; steering every block by adaLN-Zero is from elsewhere.',
  ],
  6: ['From Pixels to Latents (6.3.5)', 'That made the latents; cutting them into patches came later.'],
  10: ['From Pixels to Latents (6.3.5)', 'Tokens become latents here; pixels come at the very end.'],
}

const medium: Sizes = {
  clipTokens: 77,
  clipWidths: [768, 1280],
  t5: true,
  t5Tokens: 256,
  textWidth: 4096,
  heads: 24,
  headDim: 64,
  blocks: 24,
  patchSize: 2,
  channels: 16,
  scale: 8,
  sampleSize: 128,
}

const mediumText = medium.clipTokens + medium.t5Tokens
const typedTokens = (count: number) =>
  `${count} text tokens is SD3 Medium’s number, typed in. Measure how many this pipeline has.`

const stepsAskedFor = 'Those are the steps that were asked for. Count the callbacks: a run may take fewer.'

/**
 * Checks numbers, names, shapes and lessons of some stages of a trace.
 * @param request with the number of steps that the run took
 * @param asked the number it was asked for
 */
export function expectStages(
  stages: Stage[],
  numbers: number[],
  sizes: Sizes,
  request: TraceRequest,
  asked = request.numInferenceSteps,
): void {
  const received = Array.isArray(stages) && stages.map(({ number }) => number)
  const isShuffled =
    received &&
    isDeepStrictEqual(
      received.toSorted((a, b) => a - b),
      numbers,
    )
  expectEqual(received, numbers, 'numbers of the stages', [
    ...(isShuffled ? [[received, 'They are all there, in another order.'] as Mistake<unknown>] : []),
    [numbers.map((_, i) => i), 'Stages are numbered from 1 to 13, not counted from 0.'],
  ])
  const typedIn = expectedStages(medium, request)
  const expected = expectedStages(sizes, request)
  for (const [i, number] of numbers.entries()) {
    const { name, shape, lessons } = stages[i]
    const wanted = expected[number - 1]
    const what = `stage ${number} at height ${request.height}, width ${request.width}`
    if (typeof name !== 'string' || name.trim() === '') expect.fail(`${what} has no name.`)
    expectEqual(shape, wanted.shape, `shape of ${what}`, [
      ...(number === 12 && asked !== request.numInferenceSteps
        ? [[[asked, ...wanted.shape!.slice(1)], stepsAskedFor] as Mistake<unknown>]
        : []),
      ...wanted.mistakes,
      ...(wanted.shape ? commonMistakes(wanted.shape) : []),
      [typedIn[number - 1].shape, 'Those are SD3 Medium’s numbers. Measure the pipeline you were given.'],
    ])
    expectLessons(lessons, number, wanted.lessons)
  }
}

function commonMistakes([batch, ...rest]: number[]): Mistake<unknown>[] {
  const axes = [batch, ...rest.slice(0, -2), ...rest.slice(-2).reverse()]
  return [
    [rest, 'The batch of 1 belongs to the shape.'],
    [[2, ...rest], 'The batch is 2 under guidance; trace one prompt alone.'],
    [axes, 'The last two axes are exchanged: tokens before features, height before width.'],
  ]
}

function expectLessons(lessons: Stage['lessons'], number: number, expected: Stage['lessons']): void {
  const sorted = Array.isArray(lessons) ? [...lessons].sort() : lessons
  const [wrong, diagnosis] = wrongLessons[number] ?? ['', '']
  expectEqual(sorted, [...expected].sort(), `lessons of stage ${number}`, [
    [[wrong], diagnosis],
    ...expected.map((one): Mistake<unknown> => [[one], 'Two lessons meet here: name both.']),
  ])
}
