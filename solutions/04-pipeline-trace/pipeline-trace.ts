/**
 * Exercise 4: Pipeline trace [Independent]
 *
 * What just happened: thirteen stages, none of them new. Two paths carry the text: the pooled vector reaches every
 * block through adaLN-Zero and says what the whole picture is about; the tokens sit in the joint sequence and say what
 * goes where. The rest is the pipeline of SD v1.5: encode text, denoise latents, decode.
 */
import { manualSeed, type Image, type Pipeline, type Tensor, type TextEncoderName } from '#harness'

export interface TraceRequest {
  prompt: string
  height: number
  width: number
  numInferenceSteps: number
  guidanceScale: number
  seed: number
}

export interface Stage {
  number: number
  name: string
  shape: number[] | null
  lessons: Lesson[]
}

export type Lesson =
  | 'CLIP (6.3.3)'
  | 'From Pixels to Latents (6.3.5)'
  | 'Flow Matching (7.2.2)'
  | 'SDXL (7.4.1)'
  | 'Diffusion Transformers (7.4.2)'
  | 'SD3 & Flux (7.4.3)'

export interface ComparisonRow {
  component: string
  sd15: string | number
  sd3: string | number
  verdict: 'changed' | 'preserved'
}

export const sd15: Record<string, string | number> = {
  'text encoders': 1,
  'text tokens': 77,
  'text width': 768,
  denoiser: 'UNet2DConditionModel',
  'text conditioning': 'cross-attention', // or: 'joint attention'
  'time conditioning': 'added to features', // or: 'adaLN-Zero'
  prediction: 'noise', // or: 'velocity'
  guidance: 'classifier-free', // or: 'none'
  scheduler: 'PNDMScheduler',
  'default steps': 50,
  autoencoder: 'AutoencoderKL',
  'latent channels': 4,
  'pixels per latent cell': 8,
  'default size': 512, // pixels, each way
}

const thisLesson = 'SD3 & Flux (7.4.3)'
const diffusionTransformers = 'Diffusion Transformers (7.4.2)'
const flowMatching = 'Flow Matching (7.2.2)'

// SD3 reads the prompt three times: CLIP's two encoders were trained against pictures, T5 on text alone. A checkpoint
// may lack T5, the largest part of all; the pipeline then puts zeros in its place.
export async function traceTextEncoding(pipe: Pipeline, { prompt }: TraceRequest): Promise<Stage[]> {
  const components = await pipe.components()
  const hiddenStates = async (encoder: TextEncoderName) =>
    components[encoder] && (await pipe.encodeText(encoder, prompt)).hiddenStates.dims
  return [
    {
      number: 1,
      name: 'Prompt → CLIP ViT-L',
      shape: await hiddenStates('textEncoder'),
      lessons: ['CLIP (6.3.3)'],
    },
    {
      number: 2,
      name: 'Prompt → OpenCLIP ViT-bigG',
      shape: await hiddenStates('textEncoder2'),
      lessons: ['SDXL (7.4.1)'],
    },
    { number: 3, name: 'Prompt → T5', shape: await hiddenStates('textEncoder3'), lessons: [thisLesson] },
  ]
}

// The pooled CLIP vectors and the timestep become one vector, from which each block computes its shifts, scales and
// gates. The tokens take the other path: a linear layer brings them from T5's width to the transformer's.
export async function traceConditioning(pipe: Pipeline, request: TraceRequest): Promise<Stage[]> {
  const { taps } = await forward(pipe, request, ['time_text_embed', 'context_embedder'])
  return [
    {
      number: 4,
      name: 'Pooled text + timestep → conditioning vector',
      shape: taps['time_text_embed'].dims,
      lessons: [diffusionTransformers],
    },
    {
      number: 5,
      name: 'Text embeddings → text tokens',
      shape: taps['context_embedder'].dims,
      lessons: [thisLesson],
    },
  ]
}

// The length of the joint sequence shows in the attention matrix: image tokens and text tokens together.
export async function traceSequence(pipe: Pipeline, request: TraceRequest): Promise<Stage[]> {
  const { taps } = await forward(pipe, request, ['pos_embed', 'transformer_blocks.0.attn'])
  const [batch, , width] = taps['pos_embed'].dims
  const tokens = taps['transformer_blocks.0.attn'].dims[3]
  return [
    {
      number: 6,
      name: 'Noisy latents → patches → image tokens',
      shape: taps['pos_embed'].dims,
      lessons: [diffusionTransformers],
    },
    {
      number: 7,
      name: 'Image and text tokens → joint sequence',
      shape: [batch, tokens, width],
      lessons: [thisLesson],
    },
  ]
}

// Only image tokens leave the last block. Its text stream has done its work, in the keys and values that the image
// read, and is dropped.
export async function traceBlocks(pipe: Pipeline, request: TraceRequest): Promise<Stage[]> {
  const { transformer } = await pipe.components()
  const blocks = Number(transformer.config.num_layers)
  const last = `transformer_blocks.${blocks - 1}`
  const { sample, taps } = await forward(pipe, request, ['transformer_blocks.0.attn', last])
  return [
    {
      number: 8,
      name: `Joint attention and adaLN-Zero, ${blocks} blocks`,
      shape: taps['transformer_blocks.0.attn'].dims,
      lessons: [thisLesson, diffusionTransformers],
    },
    { number: 9, name: 'Split: image tokens', shape: taps[last].dims, lessons: [thisLesson] },
    { number: 10, name: 'Unpatchify → velocity', shape: sample.dims, lessons: [diffusionTransformers] },
  ]
}

export async function traceSampling(pipe: Pipeline, request: TraceRequest): Promise<Stage[]> {
  const trajectory = await trajectoryOf(pipe, request)
  const [, ...latentShape] = trajectory[0].dims
  return [
    { number: 11, name: 'One flow matching step', shape: trajectory[0].dims, lessons: [flowMatching] },
    { number: 12, name: 'All steps', shape: [trajectory.length, ...latentShape], lessons: [flowMatching] },
  ]
}

// Eight pixels per cell: a 64 × 64 latent is a picture of 512 × 512, and 1024 × 1024 takes 128 × 128.
export async function traceDecoding(pipe: Pipeline, request: TraceRequest): Promise<Stage[]> {
  const { latents } = await pipe.generate({ ...request, outputType: 'latent' })
  const [{ height, width, data }] = await pipe.vaeDecode(latents)
  return [
    {
      number: 13,
      name: 'VAE decode → picture',
      shape: [height, width, data.length / (height * width)],
      lessons: ['From Pixels to Latents (6.3.5)'],
    },
  ]
}

export async function tracePipeline(pipe: Pipeline, request: TraceRequest): Promise<Stage[]> {
  return [
    ...(await traceTextEncoding(pipe, request)),
    ...(await traceConditioning(pipe, request)),
    ...(await traceSequence(pipe, request)),
    ...(await traceBlocks(pipe, request)),
    ...(await traceSampling(pipe, request)),
    ...(await traceDecoding(pipe, request)),
  ]
}

export async function printTrace(stages: Stage[]): Promise<string> {
  const lines = stages.map(({ number, name, shape, lessons }) => {
    const measured = shape ? `[${shape.join(', ')}]` : 'not loaded'
    return `${String(number).padStart(2)}. ${name.padEnd(46)} ${measured.padEnd(20)} ${lessons.join(' + ')}`
  })
  return lines.join('\n')
}

// The frames are the latents themselves, noise included, not the model's guess at the result: early ones look like
// noise because they are mostly noise. exercise 3's eulerStep with nextSigma = 0 would show the guess instead.
export async function denoisingFilm(pipe: Pipeline, request: TraceRequest): Promise<Image[]> {
  const film: Image[] = []
  for (const latents of await trajectoryOf(pipe, request)) film.push((await pipe.vaeDecode(latents))[0])
  return film
}

// The VAE loses a little every time: no picture SD3 draws can be sharper than its own reconstruction would be.
export async function vaeRoundTrip(
  pipe: Pipeline,
  image: Image,
): Promise<{ latentShape: number[]; reconstruction: Image; psnr: number; compression: number }> {
  const latents = await pipe.vaeEncode(image)
  const [reconstruction] = await pipe.vaeDecode(latents)
  let sum = 0
  for (let i = 0; i < image.data.length; i++) sum += (image.data[i] - reconstruction.data[i]) ** 2
  return {
    latentShape: latents.dims,
    reconstruction,
    psnr: 10 * Math.log10(255 ** 2 / (sum / image.data.length)),
    compression: image.data.length / latents.data.length,
  }
}

// Nearly every part was replaced, and the plan survived: text encoder, denoiser in latent space, guidance, VAE.
export async function comparePipelines(pipe: Pipeline): Promise<ComparisonRow[]> {
  const { textEncoder, textEncoder2, textEncoder3, transformer, vae, scheduler, vaeScaleFactor } =
    await pipe.components()
  const { promptEmbeds } = await pipe.encodePrompt({ prompt: '', doClassifierFreeGuidance: false })
  const sd3: Record<string, string | number> = {
    'text encoders': [textEncoder, textEncoder2, textEncoder3].filter((encoder) => encoder !== null).length,
    'text tokens': promptEmbeds.dims[1],
    'text width': promptEmbeds.dims[2],
    denoiser: transformer.className,
    'text conditioning': 'joint attention',
    'time conditioning': 'adaLN-Zero',
    prediction: 'velocity',
    guidance: 'classifier-free',
    scheduler: scheduler.className,
    'default steps': 28,
    autoencoder: vae.className,
    'latent channels': Number(transformer.config.in_channels),
    'pixels per latent cell': vaeScaleFactor,
    'default size': Number(transformer.config.sample_size) * vaeScaleFactor,
  }
  return Object.entries(sd15).map(([component, old]) => ({
    component,
    sd15: old,
    sd3: sd3[component],
    verdict: old === sd3[component] ? 'preserved' : 'changed',
  }))
}

/** One unguided pass of the transformer at full noise, with some intermediates. */
async function forward(pipe: Pipeline, { prompt, height, width, seed }: TraceRequest, taps: string[]) {
  const { transformer, vaeScaleFactor } = await pipe.components()
  const channels = Number(transformer.config.in_channels)
  const { promptEmbeds, pooledPromptEmbeds } = await pipe.encodePrompt({
    prompt,
    doClassifierFreeGuidance: false,
  })
  const latentShape = [1, channels, height / vaeScaleFactor, width / vaeScaleFactor]
  return pipe.transformer(
    {
      hiddenStates: manualSeed(seed).randn(latentShape),
      encoderHiddenStates: promptEmbeds,
      pooledProjections: pooledPromptEmbeds,
      timestep: 1000,
    },
    { taps },
  )
}

/** The latents after each step of one run. */
async function trajectoryOf(pipe: Pipeline, request: TraceRequest): Promise<Tensor[]> {
  const trajectory: Tensor[] = []
  await pipe.generate({
    ...request,
    outputType: 'latent',
    callbackOnStepEnd: (_pipe, _step, _timestep, { latents }) => {
      trajectory.push(latents)
    },
  })
  return trajectory
}
