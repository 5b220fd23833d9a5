import { concat, manualSeed, type Image, type PipelineComponents } from '#harness'
import type { Claim } from '../judge/held-out.ts'
import { agrees } from '../judge/scores.ts'
import type { SceneJudge } from '../judge/scene-judge.ts'
import { contestants, type Contestant, type Models } from './contestant.ts'
import { Paths } from './path.ts'

/** One picture, measured. */
export interface Shot {
  contestant: Contestant['id']
  steps: number
  agrees: boolean
  /** Root mean square difference to the reference: a run of this contestant from the same noise, in levels of 255. */
  distance: number
  straightness: number
  /** Denoising and decoding, without encoding the text; a batch's seconds divided by its pictures. */
  seconds: number
}

export interface Batch {
  claims: readonly Claim[]
  /** The place of the first claim among all; also the seed of its noise. */
  first: number
}

export interface Circumstances {
  models: Models
  judge: SceneJudge
  stepCounts: readonly number[]
  guidanceScale: number
  /** Called after each denoising step of the whole batch. */
  onStep: () => void
  onPictures: (contestant: Contestant, steps: number, images: readonly Image[]) => void
}

/** Steps that a batch takes in all. */
export function stepsPerBatch(stepCounts: readonly number[]): number {
  const all = stepCounts.reduce((sum, steps) => sum + steps, 0)
  const references = contestants.filter(({ isAncestral }) => isAncestral).length
  return contestants.length * all + references * Math.max(...stepCounts)
}

/**
 * Draws the captions of a batch with every contestant at every step count, and measures the pictures. Everybody starts
 * from the same noise, picture i from seed i; ancestral noise comes from the seed of the first picture.
 *
 * The reference is the run with the most steps. Ancestral sampling draws fresh noise as often as it steps, so that no run
 * aims at the picture of another: there the reference is a run with the most steps and other fresh noise, also for the
 * longest run itself, and the distance falls to what two such runs are apart.
 */
export async function measureBatch({ claims, first }: Batch, asked: Circumstances): Promise<Shot[]> {
  const { models, judge, guidanceScale, onStep, onPictures } = asked
  const stepCounts = asked.stepCounts.toSorted((a, b) => b - a)
  // The text encoders are the same, so that one of the models encodes for both.
  const embeddings = await models.velocity.encodePrompt({ prompt: claims.map(({ caption }) => caption) })
  const shape = latentShape(await models.velocity.components())
  const latents = concat(
    claims.map((_, i) => manualSeed(first + i).randn(shape)),
    0,
  )

  const draw = async (
    { predicts, sampler }: Contestant,
    numInferenceSteps: number,
    seed = freshSeed(first),
  ) => {
    const paths = new Paths(latents)
    const start = performance.now()
    const { images } = await models[predicts].generate({
      embeddings,
      latents,
      seed,
      sampler,
      guidanceScale,
      numInferenceSteps,
      callbackOnStepEnd: (_pipe, _step, _timestep, { latents: position }) => {
        paths.moveTo(position)
        onStep()
      },
    })
    const seconds = (performance.now() - start) / 1000 / images.length
    return { images, seconds, straightness: paths.straightness() }
  }

  const shots: Shot[] = []
  for (const contestant of contestants) {
    let reference = contestant.isAncestral
      ? (await draw(contestant, stepCounts[0], otherSeed(first))).images
      : undefined
    for (const steps of stepCounts) {
      const { images, seconds, straightness } = await draw(contestant, steps)
      reference ??= images
      onPictures(contestant, steps, images)
      for (const [i, image] of images.entries()) {
        shots.push({
          contestant: contestant.id,
          steps,
          agrees: agrees(await judge.read(image), claims[i]),
          distance: rootMeanSquare(image, reference[i]),
          straightness: straightness[i],
          seconds,
        })
      }
    }
  }
  return shots
}

/** Of ancestral sampling's fresh noise: no picture may start from the same. */
function freshSeed(seed: number): number {
  return seed + 2 ** 30
}

/** Of the fresh noise of a second run. */
function otherSeed(seed: number): number {
  return seed + 2 ** 31
}

/** Of one picture, at the size the model was trained for. */
function latentShape({ transformer }: PipelineComponents): number[] {
  const { in_channels: channels, sample_size: side } = transformer.config as Record<string, number>
  return [1, channels, side, side]
}

function rootMeanSquare(a: Image, b: Image): number {
  let sum = 0
  for (let i = 0; i < a.data.length; i++) sum += (a.data[i] - b.data[i]) ** 2
  return Math.sqrt(sum / a.data.length)
}
