import { renderFigure, StableDiffusion3Pipeline, type Image } from '#harness'
import { found } from './facts.ts'

const spec = 'exercises/03-flow-matching-steps/flow-matching-steps.spec.ts'

/** What the text calls one and two steps, too few steps, and as few with less guidance. */
const runs = [
  { numInferenceSteps: 1, guidanceScale: 7 },
  { numInferenceSteps: 2, guidanceScale: 7 },
  { numInferenceSteps: 4, guidanceScale: 7 },
  { numInferenceSteps: 4, guidanceScale: 3 },
]

/** Exercise 3's cat in fewer steps than its specs draw. */
export async function fewSteps(): Promise<Image> {
  const prompt = await found(spec, /^ {2}prompt: '(.*)',$/m)
  const seed = Number(await found(spec, /settings: \{.*seed: (\d+)/))
  const pipe = await StableDiffusion3Pipeline.fromPretrained('models/sd3-nano', { device: 'cpu' })
  const images = []
  for (const run of runs) {
    const { images: drawn } = await pipe.generate({ ...run, prompt, seed })
    const steps = run.numInferenceSteps === 1 ? '1 step' : `${run.numInferenceSteps} steps`
    images.push({ image: drawn[0], title: `${steps}, guidance ${run.guidanceScale}` })
  }
  await pipe.release()
  return renderFigure({ images, title: `"${prompt}", seed ${seed}` })
}
