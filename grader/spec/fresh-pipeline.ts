import {
  ArgumentError,
  assertShape,
  rows,
  sizeOf,
  tensor,
  type Component,
  type Image,
  type Pipeline,
  type PromptEmbeddings,
  type Tensor,
  type TextEncoderName,
} from '#harness'
import { draw } from './draws.ts'
import { anyInteger, anyOf } from './fresh.ts'

/** The sizes a fresh pipeline was drawn with. */
export interface Sizes {
  clipTokens: number
  clipWidths: [number, number]
  t5: boolean
  /** T5's rows among the prompt embeddings; zeros without T5. */
  t5Tokens: number
  textWidth: number
  heads: number
  headDim: number
  blocks: number
  patchSize: number
  channels: number
  /** Pixels per latent cell. */
  scale: number
  /** Latent cells each way, by default. */
  sampleSize: number
}

/**
 * A pipeline of sizes that nobody has seen, which answers at once: the shapes agree with each other as SD3's do, the
 * values are noise. On it a number that was typed in is wrong, and a student's call of the wrong shape is refused.
 * @param given sizes that are not to be drawn
 */
export function freshPipeline({ t5 = true, ...given }: Partial<Sizes> = {}): {
  pipe: Pipeline
  sizes: Sizes
} {
  const sizes = { ...anySizes(t5), ...given }
  const { clipTokens, clipWidths, t5Tokens, textWidth, channels, scale } = sizes
  const width = sizes.heads * sizes.headDim
  const pooledWidth = clipWidths[0] + clipWidths[1]
  const textTokens = clipTokens + t5Tokens
  const latentShape = ({ height = sizes.sampleSize * scale, width = sizes.sampleSize * scale }) => {
    return [1, channels, height / scale, width / scale]
  }

  const embed = (batch: number): PromptEmbeddings => ({
    promptEmbeds: noise([batch, textTokens, textWidth]),
    pooledPromptEmbeds: noise([batch, pooledWidth]),
    negativePromptEmbeds: noise([batch, textTokens, textWidth]),
    negativePooledPromptEmbeds: noise([batch, pooledWidth]),
  })
  const speakerAt = (row: number, column: number): TextEncoderName => {
    if (row >= clipTokens) return 'textEncoder3'
    return column < clipWidths[0] ? 'textEncoder' : 'textEncoder2'
  }
  /** Zeros where these encoders speak, in rows and pooled vectors alike. */
  const silenced = (embeddings: PromptEmbeddings, silence: readonly TextEncoderName[]): PromptEmbeddings => {
    for (const { dims, data } of Object.values(embeddings) as Tensor[]) {
      const features = dims[dims.length - 1]
      const rowOf = (at: number) => (dims.length === 3 ? Math.floor(at / features) % textTokens : 0)
      data.forEach((_, at) => {
        if (silence.includes(speakerAt(rowOf(at), at % features))) data[at] = 0
      })
    }
    return embeddings
  }
  /** A prompt asked for twice gets the same embeddings. */
  const encoded = new Map<string, PromptEmbeddings>()

  const pipe: Pipeline = {
    components: async () => components(sizes),

    encodeText: async (encoder, prompt) => {
      if (encoder === 'textEncoder3' && !t5) {
        throw new ArgumentError(
          'This checkpoint was saved without textEncoder3.',
          'Check components() for null.',
        )
      }
      const batch = [prompt].flat().length
      const [tokens, features] =
        encoder === 'textEncoder3'
          ? [t5Tokens, textWidth]
          : [clipTokens, clipWidths[encoder === 'textEncoder' ? 0 : 1]]
      return {
        inputIds: Array.from({ length: batch }, () => Array<number>(tokens).fill(0)),
        tokens: Array.from({ length: batch }, () => Array<string>(tokens).fill('')),
        hiddenStates: noise([batch, tokens, features]),
        pooled: encoder === 'textEncoder3' ? null : noise([batch, features]),
      }
    },

    encodePrompt: async ({ prompt, doClassifierFreeGuidance: guided = true, silence = [] }) => {
      const key = JSON.stringify([prompt].flat())
      const embeddings = encoded.get(key) ?? embed([prompt].flat().length)
      encoded.set(key, embeddings)
      const { promptEmbeds, pooledPromptEmbeds, negativePromptEmbeds, negativePooledPromptEmbeds } = silenced(
        structuredClone(embeddings),
        silence,
      )
      return {
        promptEmbeds,
        pooledPromptEmbeds,
        negativePromptEmbeds: guided ? negativePromptEmbeds : null,
        negativePooledPromptEmbeds: guided ? negativePooledPromptEmbeds : null,
      }
    },

    transformer: async ({ hiddenStates, encoderHiddenStates, pooledProjections }, { taps = [] } = {}) => {
      assertShape(hiddenStates, [null, channels, null, null], 'hiddenStates')
      const [batch, , rows, columns] = hiddenStates.dims
      assertShape(encoderHiddenStates, [batch, null, textWidth], 'encoderHiddenStates')
      assertShape(pooledProjections, [batch, pooledWidth], 'pooledProjections')
      const image = (rows / sizes.patchSize) * (columns / sizes.patchSize)
      const text = encoderHiddenStates.dims[1]
      const joint = image + text
      const shapes: Record<string, number[]> = {
        time_text_embed: [batch, width],
        context_embedder: [batch, text, width],
        pos_embed: [batch, image, width],
      }
      for (let block = 0; block < sizes.blocks; block++) {
        shapes[`transformer_blocks.${block}`] = [batch, image, width]
        shapes[`transformer_blocks.${block}.attn`] = [batch, sizes.heads, joint, joint]
        if (block < sizes.blocks - 1) shapes[`transformer_blocks.${block}.context`] = [batch, text, width]
      }
      const unknown = taps.find((tap) => !(tap in shapes))
      if (unknown !== undefined) {
        throw new ArgumentError(
          `No intermediate "${unknown}".`,
          `It offers ${Object.keys(shapes).join(', ')}.`,
        )
      }
      return {
        sample: noise(hiddenStates.dims),
        taps: Object.fromEntries(taps.map((tap) => [tap, noise(shapes[tap])])),
      }
    },

    vaeEncode: async (image) => {
      const dims = latentShape(image)
      return tensor(
        dims,
        Array.from({ length: sizeOf(dims) }, (_, i) => image.data[i % image.data.length] / 255),
      )
    },

    vaeDecode: async (latents) => {
      assertShape(latents, [null, channels, null, null], 'latents')
      return Array.from({ length: latents.dims[0] }, (_, i) => decoded(rows(latents, i, i + 1), scale))
    },

    generate: async (options) => {
      const steps = options.numInferenceSteps ?? 28
      let latents = noise(latentShape(options))
      for (let step = 0; step < steps; step++) {
        latents = noise(latents.dims)
        await options.callbackOnStepEnd?.(pipe, step, 1000 * (1 - step / steps), { latents })
      }
      const images = options.outputType === 'latent' ? [] : await pipe.vaeDecode(latents)
      return { images, latents, seed: options.seed ?? null }
    },
  }
  return { pipe, sizes }
}

function anySizes(t5: boolean): Sizes {
  return {
    clipTokens: anyInteger(11, 20),
    clipWidths: [anyInteger(21, 30), anyInteger(31, 40)],
    t5,
    t5Tokens: anyInteger(22, 35),
    textWidth: anyInteger(80, 99),
    heads: anyInteger(2, 5),
    headDim: anyInteger(7, 15),
    blocks: anyInteger(2, 5),
    patchSize: anyOf([1, 2, 4]),
    channels: anyInteger(5, 12),
    scale: anyOf([4, 16]),
    sampleSize: anyOf([24, 40]),
  }
}

function components(sizes: Sizes) {
  const { clipTokens, clipWidths, textWidth, channels, scale } = sizes
  const component = (name: string, className: string, config: Record<string, unknown>): Component => {
    return { name, className, config, parameters: [], buffers: [] }
  }
  const clip = (name: string, features: number) =>
    component(name, 'CLIPTextModelWithProjection', {
      hidden_size: features,
      projection_dim: features,
      max_position_embeddings: clipTokens,
    })
  return {
    textEncoder: clip('text_encoder', clipWidths[0]),
    textEncoder2: clip('text_encoder_2', clipWidths[1]),
    textEncoder3: sizes.t5 ? component('text_encoder_3', 'T5EncoderModel', { d_model: textWidth }) : null,
    transformer: component('transformer', 'SD3Transformer2DModel', {
      in_channels: channels,
      out_channels: channels,
      patch_size: sizes.patchSize,
      num_layers: sizes.blocks,
      num_attention_heads: sizes.heads,
      attention_head_dim: sizes.headDim,
      caption_projection_dim: sizes.heads * sizes.headDim,
      joint_attention_dim: textWidth,
      pooled_projection_dim: clipWidths[0] + clipWidths[1],
      sample_size: sizes.sampleSize,
    }),
    vae: component('vae', 'AutoencoderKL', { latent_channels: channels, in_channels: 3, out_channels: 3 }),
    scheduler: {
      className: 'FlowMatchEulerDiscreteScheduler',
      config: { num_train_timesteps: 1000, shift: anyInteger(2, 5) },
    },
    vaeScaleFactor: scale,
  }
}

function noise(dims: readonly number[]): Tensor {
  return tensor(
    dims,
    Float32Array.from({ length: sizeOf(dims) }, () => draw() - 0.5),
  )
}

/** A picture that other latents do not give. */
function decoded(latents: Tensor, scale: number): Image {
  const [, , rows, columns] = latents.dims
  const [height, width] = [rows * scale, columns * scale]
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    return Math.abs(latents.data[i % latents.data.length]) * 255
  })
  return { height, width, data }
}
