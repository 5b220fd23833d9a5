import { manualSeed, tensor, type StableDiffusion3Pipeline, type Tensor } from '#harness'
import { readers, wordsNaming, type CaptionReader, type CaptionWord, type Reader } from './caption-words.ts'
import { auroc, topIou } from './localisation.ts'
import type { Render } from './renders.ts'
import { directions, measured, measures, wordMaps, type Direction, type Measure } from './word-maps.ts'

export const wordings = ['phrase', 'noun', 'colour'] as const
export type Wording = (typeof wordings)[number]

/** How a map of a thing is made. */
export interface Setting {
  direction: Direction
  block: number
  sigma: number
  reader: Reader
  /** Of "red ball": both words, the noun, or the colour. */
  wording: Wording
  measure: Measure
}

/** One thing of one picture, and how well its map fits its mask. */
export interface Fit {
  render: number
  thing: number
  map: Float64Array // [patches]
  iou: number
  auroc: number
}

/**
 * Noises a render, lets the transformer look at it once with its caption, and holds the attention between words and
 * patches against the masks of the things that the words name.
 */
export class AttentionProbe {
  private readonly pipe: StableDiffusion3Pipeline
  private readonly reader: CaptionReader
  private readonly blocks: number[]

  static async create(pipe: StableDiffusion3Pipeline, reader: CaptionReader): Promise<AttentionProbe> {
    const { transformer } = await pipe.components()
    return new AttentionProbe(pipe, reader, transformer.config.num_layers as number)
  }

  private constructor(pipe: StableDiffusion3Pipeline, reader: CaptionReader, layers: number) {
    this.pipe = pipe
    this.reader = reader
    this.blocks = Array.from({ length: layers }, (_, block) => block)
  }

  /** Every block's attention at some noise levels, and the words that it speaks of. @param seed of the noise */
  async *look(
    { image, caption }: Render,
    sigmas: readonly number[],
    seed: number,
  ): AsyncGenerator<{ sigma: number; block: number; attention: Tensor; words: CaptionWord[] }> {
    const latents = await this.pipe.vaeEncode(image)
    const noise = manualSeed(seed).randn(latents.dims)
    const text = await this.pipe.encodePrompt({ prompt: caption, doClassifierFreeGuidance: false })
    const words = this.reader.words(caption, text.promptEmbeds.dims[1])
    const taps = this.blocks.map((block) => `transformer_blocks.${block}.attn`)
    for (const sigma of sigmas) {
      const noisy = latents.data.map((value, i) => (1 - sigma) * value + sigma * noise.data[i])
      const inputs = {
        hiddenStates: tensor(latents.dims, noisy), // [1, 16, height / 8, width / 8]
        encoderHiddenStates: text.promptEmbeds,
        pooledProjections: text.pooledPromptEmbeds,
        timestep: 1000 * sigma,
      }
      const { taps: tapped } = await this.pipe.transformer(inputs, { taps })
      for (const block of this.blocks) yield { sigma, block, attention: tapped[taps[block]], words }
    }
  }
}

/** How well every setting's maps of the things of one picture fit, from one look at one block. */
export function* fits(
  { caption, things }: Render,
  look: { sigma: number; block: number; attention: Tensor; words: CaptionWord[] },
): Generator<{ setting: Setting; fit: Omit<Fit, 'render'> }> {
  const { sigma, block, attention, words } = look
  const patches = things[0].mask.length
  for (const direction of directions) {
    for (const reader of readers) {
      const maps = wordMaps(attention, words, reader, direction, patches)
      for (const measure of measures) {
        const made = measured(maps, measure)
        for (const [thing, named] of things.entries()) {
          const { colour, noun } = wordsNaming(named, caption, words)
          for (const wording of wordings) {
            const chosen = { phrase: [colour, noun], noun: [noun], colour: [colour] }[wording]
            const map = Float64Array.from({ length: patches }, (_, patch) =>
              chosen.reduce((sum, word) => sum + made[word][patch], 0),
            )
            yield {
              setting: { direction, block, sigma, reader, wording, measure },
              fit: { thing, map, iou: topIou(map, named.mask), auroc: auroc(map, named.mask) },
            }
          }
        }
      }
    }
  }
}
