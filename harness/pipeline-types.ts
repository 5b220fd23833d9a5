import type { Image } from './image.ts'
import type { Parameter } from './networks/network.ts'
import type { Tensor } from './tensor.ts'

export type { Parameter }

/** A network of the pipeline, described without its weights. */
export interface Component {
  /** diffusers' attribute name, e.g. `text_encoder_3`. */
  name: string
  /** e.g. `T5EncoderModel` */
  className: string
  /** `config.json`, keys as diffusers spells them, code defaults filled in. */
  config: Record<string, unknown>
  parameters: Parameter[]
  /** Tensors saved with the model that are not learned (SD3's `pos_embed.pos_embed`). */
  buffers: Parameter[]
}

/** Everything `StableDiffusion3Pipeline` is made of. Any text encoder may have been left out of a checkpoint. */
export interface PipelineComponents {
  textEncoder: Component | null
  textEncoder2: Component | null
  textEncoder3: Component | null
  transformer: Component
  vae: Component
  scheduler: { className: string; config: Record<string, unknown> }
  /** Pixels per latent cell, each way: 8. */
  vaeScaleFactor: number
}

export type TextEncoderName = 'textEncoder' | 'textEncoder2' | 'textEncoder3'

/** What one text encoder makes of a prompt. */
export interface TextEncoding {
  /** Token ids after padding and truncation. */
  inputIds: number[][] // [batch, tokens]
  /** The same, as readable pieces. */
  tokens: string[][] // [batch, tokens]
  /** CLIP: the penultimate layer's hidden states. T5: the last layer's, normalised. */
  hiddenStates: Tensor // [batch, tokens, width]
  /** CLIP's projected sentence vector; T5 has none. */
  pooled: Tensor | null // [batch, projection]
}

type Prompt = string | string[]

export interface EncodePromptOptions {
  prompt: Prompt
  prompt2?: Prompt
  prompt3?: Prompt
  negativePrompt?: Prompt
  negativePrompt2?: Prompt
  negativePrompt3?: Prompt
  numImagesPerPrompt?: number
  /** CLIP layers to skip from the end, beyond the usual one. Never applies to the negative prompt. */
  clipSkip?: number
  /** T5 tokens, padding included. Default 256, at most 512. */
  maxSequenceLength?: number
  /** false leaves the negatives out. Default true. */
  doClassifierFreeGuidance?: boolean
  /**
   * Encoders that are not asked: zeros stand for what they would say, of the prompt and of the negative, as diffusers
   * does for T5 with `text_encoder_3=None`. Default: none.
   */
  silence?: readonly TextEncoderName[]
}

export interface PromptEmbeddings {
  promptEmbeds: Tensor // [batch, 77 + maxSequenceLength, 4096]
  pooledPromptEmbeds: Tensor // [batch, 2048]
  negativePromptEmbeds: Tensor | null
  negativePooledPromptEmbeds: Tensor | null
}

export interface TransformerInputs {
  hiddenStates: Tensor // [batch, 16, height / 8, width / 8]
  encoderHiddenStates: Tensor // [batch, textTokens, 4096]
  pooledProjections: Tensor // [batch, 2048]
  /** On the scheduler's scale, 1000 (noise) to 0 (picture); one per row, or one for all. */
  timestep: number | number[]
}

export interface TransformerOutput {
  /** Predicted velocity, noise − picture; of a DDPM checkpoint the predicted noise. */
  sample: Tensor // [batch, 16, height / 8, width / 8]
  /** The tapped intermediates by the name they were asked for. */
  taps: Record<string, Tensor>
}

export interface StepTensors {
  latents: Tensor // [batch, 16, height / 8, width / 8]
}

/** Called after each denoising step; return `{ latents }` to replace them. */
export type StepCallback = (
  pipe: Pipeline,
  step: number,
  timestep: number,
  tensors: StepTensors,
) => Promise<Partial<StepTensors> | void> | Partial<StepTensors> | void

/**
 * How to walk from noise to picture: `euler` along the velocities of flow matching; `ddim` (deterministic) or `ddpm`
 * (ancestral, fresh noise at every step) along the noise that a DDPM checkpoint predicts.
 */
export type Sampler = 'euler' | 'ddim' | 'ddpm'

export interface GenerateOptions extends Partial<EncodePromptOptions> {
  /** Pixels; a multiple of 16. Default: the size the checkpoint was trained for. */
  height?: number
  width?: number
  /** Default 28. */
  numInferenceSteps?: number
  /** Default: that of the checkpoint's scheduler. */
  sampler?: Sampler
  /** Default 7. Guidance is on above 1. */
  guidanceScale?: number
  /**
   * Seeds the initial noise, and behind it the fresh noise of `ddpm`, as `torch.Generator('cpu').manual_seed(seed)` does.
   * Default: drawn at random.
   */
  seed?: number
  /** Initial noise, instead of the seed's; `ddpm` needs the seed as well. */
  latents?: Tensor
  /** Embeddings from `encodePrompt`, instead of prompts. */
  embeddings?: PromptEmbeddings
  callbackOnStepEnd?: StepCallback
  /** `image` (default) decodes the latents, `latent` leaves `images` empty. */
  outputType?: 'image' | 'latent'
}

export interface GenerateResult {
  images: Image[]
  /** The final latents, before the VAE. */
  latents: Tensor // [batch, 16, height / 8, width / 8]
  /** The seed that was used; null when `latents` were given. */
  seed: number | null
}

/**
 * Stable Diffusion 3, as an exercise sees it: every method is asynchronous and takes and returns plain data,
 * so the object may live in this process or behind a wire.
 */
export interface Pipeline {
  /** Classes, configs, parameters and buffers. */
  components(): Promise<PipelineComponents>
  /** All three encoders, joined as the transformer reads them. */
  encodePrompt(options: EncodePromptOptions): Promise<PromptEmbeddings>
  /** One encoder on its own. @throws ArgumentError when the checkpoint was saved without it. */
  encodeText(
    encoder: TextEncoderName,
    prompt: string | string[],
    options?: { maxSequenceLength?: number; clipSkip?: number },
  ): Promise<TextEncoding>
  /**
   * One forward pass of the MMDiT. `taps` names intermediates to return as well:
   * `time_text_embed` (the conditioning vector), `context_embedder` (text tokens), `pos_embed` (image tokens),
   * `transformer_blocks.2` (the block's image tokens), `transformer_blocks.2.attn` (joint attention probabilities,
   * [batch, heads, tokens, tokens], rows are queries, image tokens first), …
   */
  transformer(inputs: TransformerInputs, options?: { taps?: string[] }): Promise<TransformerOutput>
  /** A picture into scaled latents, as the transformer sees them (the distribution's mode). */
  vaeEncode(image: Image): Promise<Tensor> // [1, 16, height / 8, width / 8]
  /** Scaled latents into pictures. */
  vaeDecode(latents: Tensor): Promise<Image[]>
  /** Prompt to picture. */
  generate(options: GenerateOptions): Promise<GenerateResult>
}
