import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ConfigReader,
  Model,
  networkOf,
  type StableDiffusion3Pipeline,
  type Image,
  type PromptEmbeddings,
  type Tensor,
  type TextEncoderName,
} from '#harness'
import { openPipeline } from './open-pipeline.ts'
import type { ReferenceCase } from './reference-case.ts'

/** cases.py has the same. */
const GUIDANCE = 7

/** A checkpoint opened by the harness: the pipeline, and the VAE on its own for what the pipeline rounds to bytes. */
export interface Subject {
  pipe: StableDiffusion3Pipeline
  vae: Model
  release(): Promise<void>
}

export async function openSubject(folder: string): Promise<Subject> {
  const pipe = await openPipeline(folder)
  const path = join(folder, 'vae', 'config.json')
  const config = new ConfigReader(JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>, path)
  const vae = new Model(networkOf('AutoencoderKL'), { folder: join(folder, 'vae'), config }, pipe.device)
  const release = async () => {
    await pipe.release()
    await vae.release()
  }
  return { pipe, vae, release }
}

const encoders: Record<string, TextEncoderName> = {
  text_encoder: 'textEncoder',
  text_encoder_2: 'textEncoder2',
  text_encoder_3: 'textEncoder3',
}

/** What the harness makes of one seed's inputs, by the names that reference.py gives its own. */
export async function runCase(
  { pipe, vae }: Subject,
  { kind, component, height, width, options, ...texts }: ReferenceCase,
  seed: number,
  input: Record<string, Tensor>,
): Promise<Record<string, Tensor>> {
  const prompt = texts.prompts[seed]
  const negativePrompt = texts.negative_prompts[seed]
  switch (kind) {
    case 'text_encoder': {
      const encoding = await pipe.encodeText(encoders[component], prompt)
      const { inputIds, hiddenStates, pooled } = encoding
      const ids = { dims: [1, inputIds[0].length], data: Float32Array.from(inputIds[0]) }
      return { input_ids: ids, hidden_states: hiddenStates, ...(pooled && { pooled }) }
    }
    case 'encode_prompt':
      return tensorsOf(await pipe.encodePrompt({ prompt, negativePrompt }))
    case 'transformer': {
      const { sample } = await pipe.transformer({
        hiddenStates: input.hidden_states,
        encoderHiddenStates: input.encoder_hidden_states,
        pooledProjections: input.pooled_projections,
        timestep: [...input.timestep.data],
      })
      return { sample }
    }
    case 'vae_encode':
      return { latents: await pipe.vaeEncode(imageOf(input.picture)) }
    case 'vae_decode': {
      const scaling = vae.config.number('scaling_factor')
      const shift = vae.config.anyNumber('shift_factor')
      const { dims, data } = input.latents
      const unscaled = { dims, data: data.map((value) => value / scaling + shift) }
      const { sample } = await vae.run('decoder', { latent_sample: unscaled })
      return { sample }
    }
    case 'picture': {
      const { images, latents } = await pipe.generate({
        prompt,
        negativePrompt,
        height,
        width,
        numInferenceSteps: options.steps!,
        guidanceScale: GUIDANCE,
        latents: input.latents,
      })
      return { latents, picture: tensorOf(images[0]) }
    }
  }
}

function tensorsOf(embeddings: PromptEmbeddings): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(embeddings).filter((entry): entry is [string, Tensor] => entry[1] !== null),
  )
}

function imageOf({ dims, data }: Tensor): Image {
  return { height: dims[0], width: dims[1], data: Uint8Array.from(data) }
}

function tensorOf({ height, width, data }: Image): Tensor {
  return { dims: [height, width, 3], data: Float32Array.from(data) }
}
