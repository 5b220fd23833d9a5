import { concat, manualSeed, type Image, type StableDiffusion3Pipeline, type TextEncoderName } from '#harness'

/** A picture to draw: its caption, and the seed of the noise it starts from. */
export interface Wanted {
  caption: string
  seed: number
}

export interface DrawSettings {
  height: number
  width: number
  numInferenceSteps: number
  guidanceScale: number
  silence?: TextEncoderName[]
  /** Pictures that are drawn at once. */
  batch: number
}

/** One at a time on a processor, which gains nothing by more. */
export function defaultBatch(pipe: StableDiffusion3Pipeline): number {
  return pipe.device.name === 'cpu' ? 1 : 16
}

/** Draws pictures in the order of their captions; each is the one that its seed alone would give. */
export async function* drawCaptions(
  pipe: StableDiffusion3Pipeline,
  wanted: readonly Wanted[],
  { batch, ...settings }: DrawSettings,
): AsyncGenerator<Image> {
  const { transformer, vaeScaleFactor } = await pipe.components()
  const channels = transformer.config.in_channels as number
  const [rows, columns] = [settings.height / vaeScaleFactor, settings.width / vaeScaleFactor]
  for (let start = 0; start < wanted.length; start += batch) {
    const part = wanted.slice(start, start + batch)
    const noise = part.map(({ seed }) => manualSeed(seed).randn([1, channels, rows, columns]))
    const prompt = part.map(({ caption }) => caption)
    const { images } = await pipe.generate({ ...settings, prompt, latents: concat(noise, 0) })
    yield* images
  }
}
