import { inspect, isDeepStrictEqual } from 'node:util'
import {
  manualSeed,
  tensor,
  type GenerateOptions,
  type Image,
  type Pipeline,
  type PromptEmbeddings,
} from '#harness'
import { expectEqual, expectTensor } from './check.ts'
import { anyImage } from './fresh.ts'
import { lazyPipeline } from './lazy-pipeline.ts'
import { expect } from 'vitest'

/** What runs that are compared have in common. */
export interface Settings {
  height: number
  width: number
  guidanceScale: number
  seed: number
}

export const noiseNotReset =
  'The noise is not reset. Give every run the same seed, or each starts from other noise and nothing is compared.'

/** One call of `generate` in a rehearsal, and the picture it was answered with. */
export interface Shot {
  options: GenerateOptions
  image: Image
  seconds: number
}

/** A pipeline, the one under study by default, whose `generate` answers after `delay` milliseconds with a random picture. */
export function rehearsal({ pipe = lazyPipeline(), delay = 0 } = {}): {
  pipe: Pipeline
  shots: Shot[]
  mostAtOnce: () => number
} {
  const shots: Shot[] = []
  let underWay = 0
  let most = 0
  const generate = async (options: GenerateOptions) => {
    const start = performance.now()
    most = Math.max(most, ++underWay)
    const shot = { options, image: anyImage(4, 6), seconds: 0 }
    shots.push(shot)
    await new Promise((resolve) => setTimeout(resolve, delay))
    underWay--
    shot.seconds = (performance.now() - start) / 1000
    const latents = tensor([1, 1, 1, 1], [0])
    return { images: [structuredClone(shot.image)], latents, seed: options.seed ?? null }
  }
  return { pipe: { ...pipe, generate }, shots, mostAtOnce: () => most }
}

/**
 * Holds the options of one `generate` call of a pipeline against what the run needs. Defaults may be left out; a prompt
 * that was encoded beforehand is as good as the prompt.
 */
export async function expectOptions(
  pipe: Pipeline,
  options: GenerateOptions,
  { prompt, steps, settings }: { prompt?: string; steps: number; settings: Settings },
  what: string,
): Promise<void> {
  if (prompt !== undefined) {
    if (options.embeddings) await expectEmbeddings(options.embeddings, pipe, prompt, what)
    else expectEqual([options.prompt].flat(), [prompt], `prompt of ${what}`)
  }
  expectEqual(options.numInferenceSteps ?? 28, steps, `numInferenceSteps of ${what}`, [
    [28, 'The step count was left at its default of 28. Pass numInferenceSteps.'],
    [50, '50 steps are SD v1.5’s default. SD3’s is 28.'],
  ])
  expectEqual(
    [options.height, options.width],
    [settings.height, settings.width],
    `height and width of ${what}`,
    [
      [[settings.width, settings.height], 'Height and width are exchanged.'],
      [[undefined, undefined], 'No size: the checkpoint’s default was drawn, which is larger and slower.'],
    ],
  )
  expectEqual(options.guidanceScale ?? 7, settings.guidanceScale, `guidanceScale of ${what}`, [
    [1, 'At 1 there is no guidance: the prompt is followed, but not amplified.'],
    [0, 'At 0 the prompt is not heard at all: only the empty one is left.'],
    [7, 'The guidance was left at its default of 7. Pass guidanceScale.'],
  ])
  expectEqual(seedOf(options, settings), settings.seed, `seed of ${what}`, [[undefined, noiseNotReset]])
}

async function expectEmbeddings(
  embeddings: PromptEmbeddings,
  pipe: Pipeline,
  prompt: string,
  what: string,
): Promise<void> {
  const expected = await pipe.encodePrompt({ prompt })
  for (const name of Object.keys(expected) as (keyof PromptEmbeddings)[]) {
    const wanted = expected[name]
    if (wanted) expectTensor(embeddings[name], wanted, `${name} of ${what}, for "${prompt}"`)
  }
}

/** The seed of a run; noise that was drawn from the seed and handed over as latents is as good. */
export function seedOf({ seed, latents }: GenerateOptions, settings: Settings): number | undefined {
  if (!latents) return seed
  const { data } = latents // what came, not what its dims claim, says how much is drawn
  const isNoise =
    data instanceof Float32Array &&
    isDeepStrictEqual(data, manualSeed(settings.seed).randn([data.length]).data)
  return isNoise ? settings.seed : undefined
}

/** `Date.now()` counts whole milliseconds: a difference of two may be off by one. */
const CLOCK_TICK = 0.001

/**
 * Checks a measured time against bounds, in seconds, that the spec measured itself. The failure quotes no time: the
 * same submission must get the same words whenever it is graded.
 */
export function expectSeconds(seconds: unknown, least: number, most: number): void {
  const within = (value: unknown) =>
    typeof value === 'number' && value >= 0.98 * least - CLOCK_TICK && value <= 1.02 * most + CLOCK_TICK
  if (within(seconds)) return
  const received =
    typeof seconds !== 'number' || Number.isNaN(seconds)
      ? inspect(seconds, { depth: 0 }).slice(0, 100)
      : seconds < least
        ? 'less than that'
        : 'more than the whole call took'
  expect.fail(
    `Seconds: expected the time that the generation took, received ${received}.` +
      (within(Number(seconds) / 1000) ? '\nLikely mistake: Those are milliseconds.' : '') +
      (typeof seconds === 'number' && seconds >= 0 && seconds < least / 10
        ? '\nLikely mistake: The clock stopped before the picture was there. Await generate first.'
        : ''),
  )
}
