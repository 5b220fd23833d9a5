import { Checkpoint, type CheckpointComponent } from './checkpoint/checkpoint.ts'
import { chosenGraphForm } from './chosen-graph-form.ts'
import { Denoiser } from './denoiser.ts'
import { describePipeline, parameterCount } from './describe.ts'
import { ArgumentError } from './errors.ts'
import { assertWholeCells, checkChoices, checkSize, embeddingsOf, initialLatents } from './generate-inputs.ts'
import { imageFromTensor, imageToTensor, type Image } from './image.ts'
import { assertFinite } from './finite.ts'
import { memoryNeeds } from './memory-plan.ts'
import { Model } from './model.ts'
import { networkOf } from './networks/index.ts'
import type {
  EncodePromptOptions,
  GenerateOptions,
  GenerateResult,
  Pipeline,
  PipelineComponents,
  PromptEmbeddings,
  TextEncoderName,
  TextEncoding,
  TransformerInputs,
  TransformerOutput,
} from './pipeline-types.ts'
import { encodePrompt, promptList, textEncoderNames, type PromptEncoders } from './prompt-embeddings.ts'
import { availableMemory } from './runtime/available-memory.ts'
import { chooseDevice } from './runtime/choose-device.ts'
import type { Device } from './runtime/device.ts'
import { chooseMemoryMode, type MemoryChoice } from './runtime/memory-mode.ts'
import { schedulerFor } from './sampler.ts'
import { assertNotEmpty, assertShape, concat, rows, type Tensor } from './tensor.ts'
import { encodeText, type TextEncoder } from './text-encoding.ts'
import { loadTokenizer } from './tokenizers.ts'
import { Turns } from './turns.ts'

interface Parts {
  device: Device
  memory: MemoryChoice
  description: PipelineComponents
  encoders: PromptEncoders
  denoiser: Model
  vae: Model
}

/**
 * Stable Diffusion 3 (Esser et al. 2024; diffusers, pipelines/stable_diffusion_3/pipeline_stable_diffusion_3.py):
 * three text encoders, a multimodal diffusion transformer that predicts velocities, and a picture autoencoder.
 *
 * @example
 * const pipe = await StableDiffusion3Pipeline.fromPretrained('models/sd3-nano')
 * const { images } = await pipe.generate({ prompt: 'a sunset over the ocean', seed: 42 })
 * await savePng('sunset.png', images[0])
 * await pipe.release()
 */
export class StableDiffusion3Pipeline implements Pipeline {
  readonly device: Device
  /** What is kept in memory, and why. */
  readonly memory: MemoryChoice
  private readonly description: PipelineComponents
  private readonly encoders: PromptEncoders
  private readonly denoiser: Denoiser
  private readonly vae: Model

  /**
   * Opens a checkpoint in diffusers' layout. Networks are loaded when they are first needed.
   * @param device `cpu`, `cuda`, `webgpu` or `auto`; default SD3_DEVICE, else `cpu`
   * @param memory `resident`, `sequential`, `small` or `auto`, which chooses by what the device has; default SD3_MEMORY,
   *   else `auto`
   * @throws CheckpointError, UnsupportedError, ArgumentError
   */
  static async fromPretrained(
    folder: string,
    { device, memory }: { device?: string; memory?: string } = {},
  ): Promise<StableDiffusion3Pipeline> {
    const checkpoint = await Checkpoint.open(folder)
    const description = await describePipeline(folder)
    const chosen = await chooseDevice(device, parameterCount(description.transformer))
    chosenGraphForm(chosen.name) // A wrong SD3_GRAPH is refused before anything is loaded.
    const [needs, available] = [await memoryNeeds(checkpoint, chosen), await availableMemory(chosen.name)]
    const choice = chooseMemoryMode(needs, available, memory)
    const turns = new Turns(choice.mode)
    const encoder = async (
      name: TextEncoderName,
      component: string,
      tokenizer: string,
    ): Promise<TextEncoder | null> => {
      const found = await checkpoint.component(component)
      return (
        found && {
          name,
          model: loadModel(found, chosen, turns),
          tokenizer: await loadTokenizer(checkpoint.folderOf(tokenizer)),
        }
      )
    }
    const transformer = await checkpoint.required('transformer')
    const encoders: PromptEncoders = {
      textEncoder: await encoder('textEncoder', 'text_encoder', 'tokenizer'),
      textEncoder2: await encoder('textEncoder2', 'text_encoder_2', 'tokenizer_2'),
      textEncoder3: await encoder('textEncoder3', 'text_encoder_3', 'tokenizer_3'),
      jointAttentionDim: transformer.config.number('joint_attention_dim', 4096),
    }
    const denoiser = loadModel(transformer, chosen, turns)
    const vae = loadModel(await checkpoint.required('vae'), chosen, turns)
    turns.group('pictures', [denoiser, vae])
    return new StableDiffusion3Pipeline({
      device: chosen,
      memory: choice,
      description,
      encoders,
      denoiser,
      vae,
    })
  }

  private constructor({ device, memory, description, encoders, denoiser, vae }: Parts) {
    this.device = device
    this.memory = memory
    this.description = description
    this.encoders = encoders
    this.denoiser = new Denoiser(denoiser)
    this.vae = vae
  }

  async components(): Promise<PipelineComponents> {
    return structuredClone(this.description)
  }

  async encodePrompt(options: EncodePromptOptions): Promise<PromptEmbeddings> {
    return encodePrompt(this.encoders, options)
  }

  async encodeText(
    name: TextEncoderName,
    prompt: string | string[],
    options?: { maxSequenceLength?: number; clipSkip?: number },
  ): Promise<TextEncoding> {
    if (!textEncoderNames.includes(name)) {
      throw new ArgumentError(`There is no encoder "${name}".`, `Pass ${textEncoderNames.join(', ')}.`)
    }
    const encoder = this.encoders[name]
    if (!encoder) {
      throw new ArgumentError(
        `This checkpoint was saved without ${name}.`,
        'Check components() for null before asking an encoder, or use a checkpoint that has it.',
      )
    }
    return encodeText(encoder, promptList('prompt', prompt), options)
  }

  async transformer(
    inputs: TransformerInputs,
    { taps = [] }: { taps?: string[] } = {},
  ): Promise<TransformerOutput> {
    return this.denoiser.predict(inputs, { taps })
  }

  async vaeEncode(image: Image): Promise<Tensor> {
    const sample = imageToTensor(image) // [1, 3, height, width]
    assertWholeCells(image, this.description.vaeScaleFactor)
    const { mean } = await this.vae.run('encoder', { sample })
    const { scaling, shift } = this.latentScale()
    return { dims: mean.dims, data: mean.data.map((value) => (value - shift) * scaling) }
  }

  async vaeDecode(latents: Tensor): Promise<Image[]> {
    assertShape(latents, [null, this.vae.config.number('latent_channels', 4), null, null], 'latents')
    assertFinite(latents, 'latents')
    assertNotEmpty(latents, 'latents')
    const { scaling, shift } = this.latentScale()
    const images: Image[] = []
    for (let i = 0; i < latents.dims[0]; i++) {
      const { dims, data } = rows(latents, i, i + 1)
      const latent = { dims, data: data.map((value) => value / scaling + shift) }
      const { sample } = await this.vae.run('decoder', { latent_sample: latent })
      images.push(imageFromTensor(sample))
    }
    return images
  }

  async generate(options: GenerateOptions): Promise<GenerateResult> {
    // 1. Check the size, choose the numbers, and lay out the steps from noise (σ = 1) to picture (σ = 0).
    const { numInferenceSteps = 28, guidanceScale = 7, outputType = 'image', callbackOnStepEnd } = options
    const guided = guidanceScale > 1
    const size = checkSize(options, this.description)
    checkChoices({ ...options, guidanceScale, outputType })
    const scheduler = schedulerFor(this.description.scheduler, options.sampler)
    scheduler.setTimesteps(numInferenceSteps)

    // 2. Encode the prompt, once; with guidance the empty (or negative) prompt goes first in the batch.
    const embeddings = await embeddingsOf(options, guided, (prompts) => this.encodePrompt(prompts))
    const { promptEmbeds, pooledPromptEmbeds, negativePromptEmbeds, negativePooledPromptEmbeds } = embeddings
    const encoderHiddenStates = guided ? concat([negativePromptEmbeds!, promptEmbeds], 0) : promptEmbeds
    const pooledProjections = guided
      ? concat([negativePooledPromptEmbeds!, pooledPromptEmbeds], 0)
      : pooledPromptEmbeds

    // 3. Draw the noise that the picture is made from.
    const batch = promptEmbeds.dims[0]
    const noise = initialLatents(options, [batch, size.channels, size.latentHeight, size.latentWidth])
    let latents = noise.latents

    // 4. Denoise: predict the velocity, guide it away from the negative prompt, follow it for one step.
    //    (A DDPM checkpoint predicts the noise; its scheduler knows how to step along that.)
    const text = await this.denoiser.projectText(encoderHiddenStates)
    for (const [step, timestep] of scheduler.timesteps.entries()) {
      const hiddenStates = guided ? concat([latents, latents], 0) : latents
      const inputs = { hiddenStates, encoderHiddenStates, pooledProjections, timestep }
      const { sample } = await this.denoiser.predict(inputs, { text })
      const prediction = guided ? guide(sample, guidanceScale) : sample
      latents = scheduler.step(prediction, timestep, latents, noise.generator)
      assertFinite(latents, `latents after step ${step}`)
      const replaced = await callbackOnStepEnd?.(this, step, timestep, { latents })
      if (replaced?.latents) {
        assertShape(replaced.latents, latents.dims, 'latents that callbackOnStepEnd returned')
        assertFinite(replaced.latents, 'latents that callbackOnStepEnd returned')
        latents = replaced.latents
      }
    }

    // 5. Decode the latents into pixels.
    const images = outputType === 'image' ? await this.vaeDecode(latents) : []
    return { images, latents, seed: noise.seed }
  }

  /** Frees the memory of all networks; they are loaded again when needed. */
  async release(): Promise<void> {
    const { textEncoder, textEncoder2, textEncoder3 } = this.encoders
    const models = [
      textEncoder?.model,
      textEncoder2?.model,
      textEncoder3?.model,
      this.denoiser.model,
      this.vae,
    ]
    for (const model of models) await model?.release()
  }

  /** The VAE's own numbers that bring latents to about unit variance. */
  private latentScale(): { scaling: number; shift: number } {
    const { config } = this.vae
    return { scaling: config.number('scaling_factor', 0.18215), shift: config.anyNumber('shift_factor', 0) }
  }
}

function loadModel(component: CheckpointComponent, device: Device, turns: Turns): Model {
  return new Model(networkOf(component.className), component, device, turns)
}

/** Classifier-free guidance: `uncond + scale · (cond − uncond)`, the unconditional half first. */
function guide(sample: Tensor, scale: number): Tensor {
  const half = sample.dims[0] / 2
  const uncond = rows(sample, 0, half)
  const cond = rows(sample, half, 2 * half)
  const data = new Float32Array(cond.data.length) // A loop: `map` takes six times as long.
  for (let i = 0; i < data.length; i++) data[i] = uncond.data[i] + scale * (cond.data[i] - uncond.data[i])
  return { dims: cond.dims, data }
}
