import { resolve } from 'node:path'
import { describePipeline, sizeOf, type Component, type PipelineComponents } from '#harness'
import type { Measurement } from './measurement.ts'

export const partNames = ['CLIP ViT-L', 'CLIP bigG', 'T5', 'Denoiser', 'VAE'] as const
export type PartName = (typeof partNames)[number]

/** How many learned values a model's networks hold; 0 for an encoder it was saved without. */
export interface ModelSize {
  model: string
  parts: Record<PartName, number>
  total: number
}

export interface Inspection {
  /** sd3-nano, SD3 Medium from its configs and, where it is neither, the model under study. */
  models: ModelSize[]
  /** SD3 Medium's transformer. */
  blocks: { count: number; first: number; all: number }
  /** Tokens' width, of CLIP ViT-L and of T5 in SD3 Medium. */
  widths: { clip: number; t5: number }
  /** A prompt of seven words, encoded by the model under study. */
  sevenWords: { prompt: string; rows: number; clipRows: number }
}

/** Exercise 1: sizes are counted from configs, rows by encoding a prompt. */
export const inspection: Measurement<Inspection> = {
  name: 'inspection',
  version: 1,
  work: 1,
  async measure({ pipe, advance }) {
    const own = await pipe.components()
    const medium = await describePipeline(resolve('models/sd3-medium'))
    const models = [
      modelSize('sd3-nano', await describePipeline(resolve('models/sd3-nano'))),
      modelSize('SD3 Medium', medium),
    ]
    const studied = modelSize('This model', own)
    if (models.every(({ parts }) => partNames.some((name) => parts[name] !== studied.parts[name])))
      models.push(studied)
    const prompt = 'a cat sitting on a warm beach'
    const { promptEmbeds } = await pipe.encodePrompt({ prompt, doClassifierFreeGuidance: false })
    advance()
    return {
      models,
      blocks: blockSizes(medium.transformer),
      widths: {
        clip: Number(medium.textEncoder?.config.hidden_size),
        t5: Number(medium.textEncoder3?.config.d_model),
      },
      sevenWords: { prompt, rows: promptEmbeds.dims[1], clipRows: clipRows(own) },
    }
  },
}

/** Rows that CLIP fills of the combined embeddings. */
export function clipRows({ textEncoder, textEncoder2 }: PipelineComponents): number {
  return Number((textEncoder ?? textEncoder2)?.config.max_position_embeddings ?? 77)
}

export function modelSize(model: string, components: PipelineComponents): ModelSize {
  const { textEncoder, textEncoder2, textEncoder3, transformer, vae } = components
  const networks = [textEncoder, textEncoder2, textEncoder3, transformer, vae]
  const counts = networks.map((network) => (network ? countOf(network) : 0))
  const parts = Object.fromEntries(partNames.map((name, i) => [name, counts[i]])) as ModelSize['parts']
  return { model, parts, total: counts.reduce((sum, count) => sum + count, 0) }
}

function blockSizes(transformer: Component): Inspection['blocks'] {
  const inBlocks = (prefix: string) => countOf(transformer, ({ name }) => name.startsWith(prefix))
  return {
    count: Number(transformer.config.num_layers),
    first: inBlocks('transformer_blocks.0.'),
    all: inBlocks('transformer_blocks.'),
  }
}

/** Learned values: buffers stand in a list of their own. */
function countOf({ parameters }: Component, isCounted = (_: { name: string }) => true): number {
  return parameters.filter(isCounted).reduce((sum, { shape }) => sum + sizeOf(shape), 0)
}
