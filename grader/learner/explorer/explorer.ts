import { basename } from 'node:path'
import {
  FlowMatchEulerDiscreteScheduler,
  manualSeed,
  StableDiffusion3Pipeline,
  type PipelineComponents,
  type Tensor,
} from '#harness'
import { attentionOf, pictureOf, type Denoised } from './denoised.ts'
import { drawSettings, RequestError } from './draw-settings.ts'
import { headWeights } from './head-weights.ts'
import { LatestOnly } from './latest-only.ts'
import { modelInfo } from './model-info.ts'
import { Recent } from './recent.ts'
import { PromptReader } from './text-tokens.ts'
import type { DrawSettings, ModelInfo, PictureKind, RunEvent } from './wire.ts'

const KEPT_RUNS = 3
const KEPT_ATTENTION = 512e6 // bytes

/** The model side of the explorer: draws one picture at a time, and looks into the steps of those drawn last. */
export class Explorer {
  readonly model: ModelInfo
  private readonly pipe: StableDiffusion3Pipeline
  private readonly components: PipelineComponents
  private readonly reader: PromptReader
  private readonly runs = new Map<string, Denoised>()
  private readonly attention = new Recent<Tensor>(KEPT_ATTENTION)
  private readonly drawing = new LatestOnly()
  private drawn = 0
  private looking: Promise<unknown> = Promise.resolve()

  /** @param folder a checkpoint in diffusers' layout @throws CheckpointError, UnsupportedError */
  static async open(folder: string): Promise<Explorer> {
    const pipe = await StableDiffusion3Pipeline.fromPretrained(folder)
    const components = await pipe.components()
    const reader = await PromptReader.open(folder, components)
    return new Explorer(basename(folder), pipe, components, reader)
  }

  private constructor(
    name: string,
    pipe: StableDiffusion3Pipeline,
    components: PipelineComponents,
    reader: PromptReader,
  ) {
    this.pipe = pipe
    this.components = components
    this.reader = reader
    this.model = modelInfo(name, pipe.device.name, components, reader.rows)
  }

  /** What `draw` takes, checked. @throws RequestError */
  settings(body: unknown): DrawSettings {
    return drawSettings(body, this.model, this.reader.rows)
  }

  /**
   * Draws a picture and tells of each step when its picture is ready. A newer call cancels an older one.
   * Resolves when it has ended, one way or another; how, the last event says.
   */
  draw(settings: DrawSettings, signal: AbortSignal, tell: (event: RunEvent) => void): Promise<void> {
    return this.drawing.run(signal, async (signal) => {
      try {
        await this.denoise(settings, signal, tell)
        tell({ type: 'done' })
      } catch (error) {
        tell(signal.aborted ? { type: 'cancelled' } : failure(error))
      }
    })
  }

  /** The picture after a step, as PNG. @throws RequestError for a run or a step that is not there */
  async picture(run: string, step: number, kind: PictureKind, signal: AbortSignal): Promise<Uint8Array> {
    const denoised = this.run(run, step)
    return this.look(signal, () => pictureOf(this.pipe, denoised, step, kind))
  }

  /**
   * Joint attention of a block at a step: one head's, or the mean over heads.
   * @returns [tokens, tokens]; rows are queries, columns are keys, image tokens first, then CLIP's, then T5's
   * @throws RequestError for a run, step, block or head that is not there
   */
  async weights(
    run: string,
    { step, block, head }: { step: number; block: number; head: number | 'mean' },
    signal: AbortSignal,
  ): Promise<Float32Array> {
    const denoised = this.run(run, step)
    const { blocks, heads } = this.model
    assertIndex('block', block, blocks)
    if (head !== 'mean') assertIndex('head', head, heads)
    const tokens = denoised.start.grid.rows * denoised.start.grid.columns + this.reader.rows
    const bytes = heads * tokens ** 2 * Float32Array.BYTES_PER_ELEMENT
    const attention = await this.look(signal, () =>
      this.attention.get(`${run} ${step} ${block}`, bytes, () =>
        attentionOf(this.pipe, denoised, step, block),
      ),
    )
    return headWeights(attention, head)
  }

  /** Stops what is under way and frees the model. */
  async close(): Promise<void> {
    await this.drawing.stop()
    await this.looking
    await this.pipe.release()
  }

  private async denoise(
    settings: DrawSettings,
    signal: AbortSignal,
    tell: (event: RunEvent) => void,
  ): Promise<void> {
    signal.throwIfAborted()
    const { prompt, height, width, numInferenceSteps, guidanceScale, seed } = settings
    const { transformer, vaeScaleFactor, scheduler } = this.components
    const { patch } = this.model
    const grid = { rows: height / patch, columns: width / patch }
    const run = `run-${++this.drawn}`
    const start = { type: 'start', run, settings, grid, ...this.reader.read(prompt) } as const
    tell(start)
    const embeddings = await this.pipe.encodePrompt({ prompt, doClassifierFreeGuidance: guidanceScale > 1 })
    signal.throwIfAborted()
    const dims = [
      1,
      transformer.config.in_channels as number,
      height / vaeScaleFactor,
      width / vaeScaleFactor,
    ]
    const noise = manualSeed(seed).randn(dims)
    const schedule = new FlowMatchEulerDiscreteScheduler(scheduler.config)
    schedule.setTimesteps(numInferenceSteps)
    const { sigmas } = schedule
    const denoised: Denoised = {
      ...{ start, settings, embeddings, sigmas },
      ...{ latents: [noise], timesteps: [], pictures: new Map() },
    }
    this.keep(run, denoised)
    await this.pipe.generate({
      ...{ embeddings, height, width, numInferenceSteps, guidanceScale },
      latents: noise,
      outputType: 'latent',
      callbackOnStepEnd: async (_, step, timestep, { latents }) => {
        signal.throwIfAborted()
        denoised.latents.push(latents)
        denoised.timesteps.push(timestep)
        await pictureOf(this.pipe, denoised, step, 'latents')
        signal.throwIfAborted()
        tell({ type: 'step', step, timestep })
      },
    })
  }

  private keep(run: string, denoised: Denoised): void {
    this.runs.set(run, denoised)
    const [oldest] = this.runs.keys()
    if (this.runs.size > KEPT_RUNS) this.runs.delete(oldest)
  }

  private run(run: string, step: number): Denoised {
    const denoised = this.runs.get(run)
    if (!denoised) throw new RequestError(404, `${run} is not kept.`, 'Draw the picture again.')
    assertIndex('step', step, denoised.timesteps.length)
    return denoised
  }

  /** One look at a time; those whose page has stopped waiting are skipped. */
  private look<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const result = this.looking.then(() => {
      signal.throwIfAborted()
      return work()
    })
    this.looking = result.catch(() => undefined)
    return result
  }
}

function assertIndex(name: string, value: number, count: number): void {
  if (Number.isInteger(value) && value >= 0 && value < count) return
  throw new RequestError(404, `There is no ${name} ${value}.`, `Choose a ${name} from 0 to ${count - 1}.`)
}

/** Errors of the harness are two lines: what was wrong, what to do. */
function failure(error: unknown): RunEvent {
  const [problem, ...remedy] = (error instanceof Error ? error.message : String(error)).split('\n')
  return { type: 'error', problem, remedy: remedy.join(' ') }
}
