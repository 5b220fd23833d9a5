/**
 * Exercise 3: Flow matching steps [Supported]
 *
 * What just happened: a velocity field trained on straight lines is followed by the simplest solver there is, Euler's.
 * Where the path is nearly straight Euler needs few steps, and every function below measures one side of that claim.
 */
import { manualSeed, tensor, type GenerateOptions, type Image, type Pipeline, type Tensor } from '#harness'

export interface Settings {
  height: number
  width: number
  guidanceScale: number
  seed: number
}

export interface Run {
  steps: number
  seconds: number
  image: Image
}

export interface PathRun {
  steps: number
  image: Image
  distance: number
  straightness: number
}

/** SD3's default, as diffusers and the harness have it. */
const defaultSteps = 28

// The training input. The two shares sum to 1, so x moves along a straight line as σ goes from 1 to 0, and its
// derivative, noise − picture, does not depend on σ at all: that constant is what the transformer learns to predict.
export async function addNoise(picture: Tensor, noise: Tensor, sigma: number): Promise<Tensor> {
  return tensor(
    picture.dims,
    picture.data.map((value, i) => (1 - sigma) * value + sigma * noise.data[i]),
  )
}

// σ falls while sampling, so σ_next − σ is negative and the step goes against the velocity, away from the noise.
// With nextSigma = 0 this is also the model's guess at the finished picture: x − σ·v.
export async function eulerStep(
  latents: Tensor,
  velocity: Tensor,
  sigma: number,
  nextSigma: number,
): Promise<Tensor> {
  return tensor(
    latents.dims,
    latents.data.map((value, i) => value + (nextSigma - sigma) * velocity.data[i]),
  )
}

// The straight road is exact in a single step, whatever its ends; on the curved one the error halves when the steps
// double. A trained SD3 sits in between: each training pair is joined by a straight line, but where lines of many
// pairs cross the model can only predict their average, so the roads it really follows do bend.
export async function curvatureCost(
  picture: number,
  noise: number,
  stepCounts: number[],
): Promise<{ steps: number; straight: number; curved: number }[]> {
  const straight = () => noise - picture
  const curved = (t: number) =>
    (Math.PI / 2) * (Math.cos((Math.PI * t) / 2) * noise - Math.sin((Math.PI * t) / 2) * picture)
  const endError = (velocity: (t: number) => number, steps: number) => {
    let x = noise
    for (let i = 0; i < steps; i++) x -= velocity(1 - i / steps) / steps
    return Math.abs(x - picture)
  }
  return stepCounts.map((steps) => ({
    steps,
    straight: endError(straight, steps),
    curved: endError(curved, steps),
  }))
}

// At shift 3, half of the steps lie above σ = 0.75: a large picture still shows its layout through noise that would
// hide a small one's, so most of the decisions fall early.
export async function sigmaSchedule(
  numInferenceSteps: number,
  shift: number,
  numTrainTimesteps: number,
): Promise<number[]> {
  const shifted = (sigma: number) => (shift * sigma) / (1 + (shift - 1) * sigma)
  const last = shifted(1 / numTrainTimesteps)
  const spacing = numInferenceSteps > 1 ? (1 - last) / (numInferenceSteps - 1) : 0
  const sigmas = Array.from({ length: numInferenceSteps }, (_, i) => shifted(1 - i * spacing))
  return [...sigmas, 0]
}

// The seed is what makes runs comparable: it draws the same initial noise each time, as `manual_seed` does in torch.
// The first run of a process also reads the weights, so its seconds are those of loading and drawing together.
export async function generateAtSteps(
  pipe: Pipeline,
  prompt: string,
  steps: number,
  settings: Settings,
): Promise<Run> {
  const start = performance.now()
  const { images } = await pipe.generate({ ...settings, prompt, numInferenceSteps: steps })
  const seconds = (performance.now() - start) / 1000
  return { steps, seconds, image: images[0] }
}

// Awaited one by one: started together, all runs would share the processor and each would seem as slow as all.
export async function compareStepCounts(
  pipe: Pipeline,
  prompt: string,
  settings: Settings,
  stepCounts: number[] = [10, 20, 30, 50],
): Promise<Run[]> {
  const runs: Run[] = []
  for (const steps of stepCounts) runs.push(await generateAtSteps(pipe, prompt, steps, settings))
  return runs
}

export async function runTitles(runs: { steps: number; seconds: number }[]): Promise<string[]> {
  return runs.map(({ steps, seconds }) => `${steps} steps\n${seconds.toFixed(1)} s`)
}

// Rows are contiguous, pictures are not: side by side, row 0 of the second picture follows row 0 of the first.
export async function comparisonStrip(images: Image[], gap: number, colour: number[]): Promise<Image> {
  const height = images[0].height
  const width = images.reduce((sum, image) => sum + image.width, 0) + gap * (images.length - 1)
  const data = new Uint8Array(height * width * 3).map((_, i) => colour[i % 3]) // [height, width, 3]
  let left = 0
  for (const image of images) {
    for (let row = 0; row < height; row++) {
      const pixels = image.data.subarray(row * image.width * 3, (row + 1) * image.width * 3)
      data.set(pixels, (row * width + left) * 3)
    }
    left += image.width + gap
  }
  return { width, height, data }
}

// The longest run stands in for the exact solution, which nobody can draw: infinitely many steps. The distance says
// how well the solver has converged, not how good the picture is; a wrong picture converges as well.
export async function distanceToLongest(runs: { steps: number; image: Image }[]): Promise<number[]> {
  const longest = runs.reduce((best, run) => (run.steps > best.steps ? run : best)).image.data
  return runs.map(({ image }) => {
    let sum = 0
    for (let i = 0; i < longest.length; i++) sum += (image.data[i] - longest[i]) ** 2
    return Math.sqrt(sum / longest.length)
  })
}

// Walking down from the longest run keeps one small gain between two large ones from ending the search too early.
export async function whereItStopsPaying(
  points: { steps: number; distance: number }[],
  threshold: number,
): Promise<number> {
  const sorted = points.toSorted((a, b) => a.steps - b.steps)
  let i = sorted.length - 1
  while (i > 0 && sorted[i - 1].distance - sorted[i].distance < threshold) i--
  return sorted[i].steps
}

export async function comparePrompts(
  pipe: Pipeline,
  prompts: { simple: string; compositional: string },
  settings: Settings,
): Promise<{ simple: Image; compositional: Image }> {
  const simple = await generateAtSteps(pipe, prompts.simple, defaultSteps, settings)
  const compositional = await generateAtSteps(pipe, prompts.compositional, defaultSteps, settings)
  return { simple: simple.image, compositional: compositional.image }
}

// Zeros are what the pipeline itself feeds when a checkpoint was saved without T5. CLIP still speaks, through its
// own rows and through the pooled vector: the difference between the two pictures is what T5 alone adds.
export async function compareWithoutT5(
  pipe: Pipeline,
  prompt: string,
  settings: Settings,
): Promise<{ withT5: Image; withoutT5: Image }> {
  const { textEncoder } = await pipe.components()
  const clipTokens = Number(textEncoder?.config.max_position_embeddings)
  const embeddings = await pipe.encodePrompt({ prompt })
  const silenced = {
    ...embeddings,
    promptEmbeds: silence(embeddings.promptEmbeds, clipTokens),
    negativePromptEmbeds:
      embeddings.negativePromptEmbeds && silence(embeddings.negativePromptEmbeds, clipTokens),
  }
  const draw = async (options: GenerateOptions) => {
    const { images } = await pipe.generate({ ...settings, ...options, numInferenceSteps: defaultSteps })
    return images[0]
  }
  return { withT5: await draw({ embeddings }), withoutT5: await draw({ embeddings: silenced }) }
}

/** Zeroes the rows from `from` on; the batch is 1. */
function silence(embeds: Tensor, from: number): Tensor {
  const width = embeds.dims[2] // [1, tokens, width]
  return tensor(embeds.dims, embeds.data.slice().fill(0, from * width))
}

// Euler's method follows a straight line exactly in one step, so the detour is what its steps are spent on.
export async function pathStraightness(path: Tensor[]): Promise<number> {
  const distance = (from: Tensor, to: Tensor) =>
    Math.sqrt(to.data.reduce((sum, value, i) => sum + (value - from.data[i]) ** 2, 0))
  const length = path.slice(1).reduce((sum, point, i) => sum + distance(path[i], point), 0)
  return length === 0 ? 1 : distance(path[0], path[path.length - 1]) / length
}

// Both models start from the same noise, and DDIM adds none on the way: what differs is what the network was trained to
// predict. The callback sees the latents after each step; the noise before the first has their shape.
export async function compareWithDdpm(
  models: { flow: Pipeline; ddpm: Pipeline },
  prompt: string,
  settings: Settings,
  stepCounts: number[] = [10, 20, 50],
): Promise<{ flow: PathRun[]; ddpm: PathRun[] }> {
  const follow = async (pipe: Pipeline, options: GenerateOptions): Promise<PathRun[]> => {
    const runs: { steps: number; image: Image; straightness: number }[] = []
    for (const steps of stepCounts) {
      const path: Tensor[] = []
      const { images } = await pipe.generate({
        ...settings,
        ...options,
        prompt,
        numInferenceSteps: steps,
        callbackOnStepEnd: (_pipe, _step, _timestep, { latents }) => void path.push(latents),
      })
      const noise = manualSeed(settings.seed).randn(path[0].dims)
      runs.push({ steps, image: images[0], straightness: await pathStraightness([noise, ...path]) })
    }
    const distances = await distanceToLongest(runs)
    return runs.map((run, i) => ({ ...run, distance: distances[i] }))
  }
  return { flow: await follow(models.flow, {}), ddpm: await follow(models.ddpm, { sampler: 'ddim' }) }
}
