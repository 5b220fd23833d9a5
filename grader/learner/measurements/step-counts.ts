import { manualSeed, type Image } from '#harness'
import { lesson, type Measurement } from './measurement.ts'
import { Path } from './path.ts'
import { distance, toPicture, type Picture } from './picture.ts'

export interface StepRun {
  steps: number
  /** Prompt to picture. */
  seconds: number
  /** To the longest run: root mean square difference, in levels of 0 to 255. */
  distance: number
  /** Of the path of the latents: net displacement over length. */
  straightness: number
  picture: Picture
}

export interface StepCounts {
  side: number
  /** By rising step count. */
  runs: StepRun[]
  /** Medians, of: the prompt and its negative read, one guided step, one picture decoded. */
  seconds: { encode: number; step: number; decode: number }
}

/** Below the lesson's counts, where the curve is steep. */
const fewer = [2, 4, 6]
const counts = [...fewer, ...lesson.stepCounts]
const REPEATS = 3

/** Exercise 3: one prompt from the same noise at several step counts, one after another. */
export const stepCounts: Measurement<StepCounts> = {
  name: 'step-counts',
  version: 3,
  work: 1 + counts.reduce((sum, count) => sum + count, 0) + 2 * REPEATS,
  async measure({ pipe, side, advance }) {
    const { prompt, seed, guidanceScale } = lesson
    const stepTimes: number[] = []
    const draw = async (numInferenceSteps: number) => {
      let before: number | null = null // The first step's beginning is not seen.
      let path: Path | undefined
      const drawn = await pipe.generate({
        ...{ prompt, seed, guidanceScale, height: side, width: side, numInferenceSteps },
        callbackOnStepEnd: (_pipe, _step, _timestep, { latents }) => {
          path ??= new Path(manualSeed(seed).randn(latents.dims))
          path.moveTo(latents)
          if (before !== null) stepTimes.push(secondsSince(before))
          before = performance.now()
          advance()
        },
      })
      return { ...drawn, straightness: path?.straightness() ?? 1 }
    }
    const { latents } = await draw(1) // The first picture of a process also loads the weights.
    const drawn: { steps: number; seconds: number; straightness: number; image: Image }[] = []
    for (const steps of counts) {
      const started = performance.now()
      const { images, straightness } = await draw(steps)
      drawn.push({ steps, seconds: secondsSince(started), straightness, image: images[0] })
    }
    const repeated = async (run: () => Promise<unknown>) => {
      const times: number[] = []
      for (let i = 0; i < REPEATS; i++) {
        const started = performance.now()
        await run()
        times.push(secondsSince(started))
        advance()
      }
      return median(times)
    }
    const encode = await repeated(() => pipe.encodePrompt({ prompt }))
    const decode = await repeated(() => pipe.vaeDecode(latents))
    const longest = drawn[drawn.length - 1].image
    const runs = drawn.map(async ({ image, ...run }) => {
      return { ...run, distance: distance(image, longest), picture: await toPicture(image) }
    })
    return { side, runs: await Promise.all(runs), seconds: { encode, step: median(stepTimes), decode } }
  },
}

/** The lesson's own runs among all. */
export function lessonRuns({ runs }: StepCounts): StepRun[] {
  return runs.filter(({ steps }) => lesson.stepCounts.includes(steps))
}

/** Levels of 0 to 255 that a longer run must gain to be worth it. */
export const thresholds = [10, 5, 2]

/** Walking down from the longest run: the step count above which no longer run gains as much as the threshold. */
export function stopsPaying(runs: readonly StepRun[], threshold: number): number {
  let i = runs.length - 1
  while (i > 0 && runs[i - 1].distance - runs[i].distance < threshold) i--
  return runs[i].steps
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000
}
