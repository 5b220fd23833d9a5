import { attentionAlong, headMean } from '#grader/oracles/captured-attention.ts'
import {
  quadrantNames,
  quadrantPicture,
  quadrantsOf,
  quadrantSum,
  type QuadrantName,
} from '#grader/oracles/quadrants.ts'
import { formatShape, type Tensor } from '#harness'
import { clipRows } from './inspection.ts'
import { lesson, type Measurement } from './measurement.ts'
import { toPicture, type Picture } from './picture.ts'

/** Share of a query's attention that falls on some keys, and what it would be if all keys were read alike. */
export interface Mass {
  mass: number
  uniform: number
}

export interface Attention {
  side: number
  step: number
  steps: number
  /** In the order of the joint sequence: image, CLIP, T5's words, T5's padding. */
  tokens: { image: number; clip: number; words: number; padding: number }
  quadrants: Record<QuadrantName, Mass>
  /** What image tokens read of the text. */
  readByImage: Record<'clip' | 'words' | 'padding', Mass>
  /** Mass per quadrant in several blocks at the same step. */
  blocks: { block: number; mass: Record<QuadrantName, number> }[]
  /** Block 0, averaged over heads: brightness grows with the logarithm of the weight; a pixel is a pair of tokens. */
  picture: Picture
}

/** The quadrants in words. */
export const quadrantLabels: Record<QuadrantName, string> = {
  imageToImage: 'image reads image',
  imageToText: 'image reads text',
  textToImage: 'text reads image',
  textToText: 'text reads text',
}

const STEPS = 10
const STEP = 5
/** More blocks than this are sampled: every tapped block is another graph to load. */
const MOST_BLOCKS = 6

/** Exercise 2: where the attention of the lesson's prompt goes. */
export const attention: Measurement<Attention> = {
  name: 'attention',
  version: 1,
  work: STEPS + MOST_BLOCKS,
  async measure({ pipe, side, advance }) {
    const components = await pipe.components()
    const options = { prompt: lesson.prompt, seed: lesson.seed, height: side, width: side }
    const look = await attentionAlong(pipe, { ...options, numInferenceSteps: STEPS, step: STEP, block: 0 })
    for (let i = 0; i < STEPS; i++) advance()

    const { patch_size: patch, num_layers: layers } = components.transformer.config
    const image = (side / components.vaeScaleFactor / Number(patch)) ** 2
    const of = async (block: number) => {
      const weights = headMean(await look({ block }))
      advance()
      return weights
    }
    const weights = await of(0)
    const [total] = weights.dims
    const text = total - image
    if (text < 1)
      throw new Error(`Attention ${formatShape(weights.dims)} has no text beside ${image} patches.`)
    const words = components.textEncoder3
      ? (await pipe.encodeText('textEncoder3', lesson.prompt)).tokens[0].filter((token) => token !== '<pad>')
          .length
      : 0
    const clip = clipRows(components)
    const tokens = { image, clip, words, padding: text - clip - words }
    const quadrants = quadrantsOf(image, text, 'image-first')
    const massOf = (matrix: Tensor, name: QuadrantName) => massIn(matrix, quadrants[name])
    const everyQuadrant = <T>(value: (name: QuadrantName) => T) =>
      Object.fromEntries(quadrantNames.map((name) => [name, value(name)])) as Record<QuadrantName, T>
    const read = (start: number, count: number) =>
      massIn(weights, { rows: [0, image], columns: [start, start + count] })

    const blocks: Attention['blocks'] = []
    for (const block of sampled(Number(layers))) {
      const own = block === 0 ? weights : await of(block)
      blocks.push({ block, mass: everyQuadrant((name) => massOf(own, name).mass) })
    }
    return {
      side,
      step: STEP,
      steps: STEPS,
      tokens,
      quadrants: everyQuadrant((name) => massOf(weights, name)),
      readByImage: {
        clip: read(image, clip),
        words: read(image + clip, words),
        padding: read(image + clip + words, tokens.padding),
      },
      blocks,
      picture: await toPicture(quadrantPicture(weights, null, 1)),
    }
  },
}

function massIn(weights: Tensor, quadrant: Parameters<typeof quadrantSum>[1]): Mass {
  const { sum, queries, keys } = quadrantSum(weights, quadrant)
  return { mass: sum / queries, uniform: keys / weights.dims[1] }
}

/** All blocks of a small model; of a large one some, the first and the last among them. */
export function sampled(count: number): number[] {
  const chosen = Math.min(count, MOST_BLOCKS)
  return Array.from({ length: chosen }, (_, i) =>
    chosen === 1 ? 0 : Math.round((i * (count - 1)) / (chosen - 1)),
  )
}
