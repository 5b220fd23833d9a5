/**
 * Exercise 3: Flow matching steps [Supported]
 *
 * SD3 was trained to predict a velocity along straight lines from noise to picture. Write the arithmetic of those
 * lines, then measure what they buy: one prompt and one noise at several step counts, the pictures side by side,
 * their distance to the longest run, the seconds each took, and what the text encoders do to the result.
 *
 * σ is the share of noise: 1 is noise, 0 is the picture. Latents are [batch, channels, height / 8, width / 8].
 * Brief and predictions: README.md. Check: `npm run watch`, or `npm test -- 03`.
 */
import { TodoError, type Image, type Pipeline, type Tensor } from '#harness'

/** What stays the same between the runs that are compared. Pixels; the seed fixes the initial noise. */
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

/** A run by how far it converged and how straight it went. */
export interface PathRun {
  steps: number
  image: Image
  distance: number
  straightness: number
}

/**
 * Mixes latents with noise, element by element: x_σ = (1 − σ)·picture + σ·noise, in the shape of both.
 * addNoise([4], [−2], 0.25) → [2.5]
 */
export async function addNoise(picture: Tensor, noise: Tensor, sigma: number): Promise<Tensor> {
  // TODO(add-noise)
  throw new TodoError(import.meta.url, 'add-noise', 'Return the mix of picture and noise at sigma.')
}

/**
 * Takes one Euler step along the velocity v = noise − picture: x + (σ_next − σ)·v, in the shape of the latents.
 * eulerStep([2.5], [−6], 0.25, 0) → [4]: with the true velocity, one step to σ = 0 lands on the picture.
 */
export async function eulerStep(
  latents: Tensor,
  velocity: Tensor,
  sigma: number,
  nextSigma: number,
): Promise<Tensor> {
  // TODO(euler-step)
  throw new TodoError(import.meta.url, 'euler-step', 'Return the latents at nextSigma.')
}

/**
 * Measures what curvature costs. Two roads lead one pixel from noise (t = 1) to picture (t = 0):
 *   straight  x(t) = (1 − t)·picture + t·noise,                velocity  noise − picture
 *   curved    x(t) = cos(πt/2)·picture + sin(πt/2)·noise,      velocity  (π/2)·(cos(πt/2)·noise − sin(πt/2)·picture)
 * Follow each in N equal Euler steps, starting at `noise` and using the velocity at the start of each step; the error
 * is how far the last x lies from `picture`, without sign. One row per step count, in the order given.
 * curvatureCost(1, 0, [1]) → [{ steps: 1, straight: 0, curved: 0.5708 }]
 */
export async function curvatureCost(
  picture: number,
  noise: number,
  stepCounts: number[],
): Promise<{ steps: number; straight: number; curved: number }[]> {
  // TODO(curvature-cost)
  throw new TodoError(import.meta.url, 'curvature-cost', 'Return the end error of both roads per step count.')
}

/**
 * Lays out SD3's noise levels: N values of σ from 1 down, then a 0. With shifted(s) = shift·s / (1 + (shift − 1)·s):
 * take N evenly spaced values from 1 to shifted(1 / numTrainTimesteps), shift each of them, append 0.
 * N = 1 is [1, 0]. The lower end really is shifted twice, in diffusers and in Stability's code alike.
 * sigmaSchedule(4, 3, 1000) → [1, 0.8577, 0.6022, 0.0089, 0]
 */
export async function sigmaSchedule(
  numInferenceSteps: number,
  shift: number,
  numTrainTimesteps: number,
): Promise<number[]> {
  // TODO(sigma-schedule)
  throw new TodoError(
    import.meta.url,
    'sigma-schedule',
    'Return numInferenceSteps + 1 values, the last one 0.',
  )
}

/**
 * Generates one picture of the prompt with these settings in `steps` steps, and measures how long that took:
 * { steps, seconds, image }. `performance.now()` counts milliseconds.
 */
export async function generateAtSteps(
  pipe: Pipeline,
  prompt: string,
  steps: number,
  settings: Settings,
): Promise<Run> {
  // TODO(generate-at-steps)
  throw new TodoError(import.meta.url, 'generate-at-steps', 'Return { steps, seconds, image } of one run.')
}

/**
 * Generates the prompt once per step count, in the order given, every run from the same noise. The runs follow each
 * other: two at a time would share the machine, and the seconds would mean nothing.
 */
export async function compareStepCounts(
  pipe: Pipeline,
  prompt: string,
  settings: Settings,
  stepCounts: number[] = [10, 20, 30, 50],
): Promise<Run[]> {
  // TODO(compare-step-counts)
  throw new TodoError(import.meta.url, 'compare-step-counts', 'Return one run per step count.')
}

/** Captions the runs for the strip, seconds to one decimal: { steps: 10, seconds: 1.26 } → '10 steps\n1.3 s'. */
export async function runTitles(runs: { steps: number; seconds: number }[]): Promise<string[]> {
  // TODO(run-titles)
  throw new TodoError(
    import.meta.url,
    'run-titles',
    'Return one title per run: steps, a line break, seconds.',
  )
}

/**
 * Puts pictures of equal height side by side, first on the left, with `gap` columns of `colour` (red, green, blue)
 * between neighbours and none at the ends. An Image's data are rows from the top, three bytes a pixel.
 * Heights [64, 64], widths [96, 80], gap 4 → height 64, width 180
 */
export async function comparisonStrip(images: Image[], gap: number, colour: number[]): Promise<Image> {
  // TODO(comparison-strip)
  throw new TodoError(
    import.meta.url,
    'comparison-strip',
    'Return one picture holding all, gaps between them.',
  )
}

/**
 * Measures how far each run's picture is from the picture of the run with the most steps, in the order given: the root
 * of the mean squared difference over all bytes, on the 0 to 255 scale. The longest run's own distance is 0.
 * Pictures [0, 0, 0] (10 steps) and [3, 0, 0] (20 steps) → [1.7321, 0]
 */
export async function distanceToLongest(runs: { steps: number; image: Image }[]): Promise<number[]> {
  // TODO(distance-to-longest)
  throw new TodoError(import.meta.url, 'distance-to-longest', 'Return one distance per run.')
}

/**
 * Finds where more steps stop paying. In order of steps, a run's gain is its distance minus that of the next longer
 * run. The answer is the smallest step count from which on every gain is below the threshold; the longest run has none.
 * Distances { 10: 40, 20: 12, 30: 4, 50: 0 }, threshold 10 → 20 (gains 28, 8, 4). Points come in any order.
 */
export async function whereItStopsPaying(
  points: { steps: number; distance: number }[],
  threshold: number,
): Promise<number> {
  // TODO(where-it-stops-paying)
  throw new TodoError(import.meta.url, 'where-it-stops-paying', 'Return a step count.')
}

/** Generates a simple and a compositional prompt in 28 steps each, with the same settings: their two pictures. */
export async function comparePrompts(
  pipe: Pipeline,
  prompts: { simple: string; compositional: string },
  settings: Settings,
): Promise<{ simple: Image; compositional: Image }> {
  // TODO(compare-prompts)
  throw new TodoError(import.meta.url, 'compare-prompts', 'Return { simple, compositional }, two pictures.')
}

/**
 * Generates a prompt in 28 steps twice from the same noise: as it is, and with T5 silenced. `encodePrompt` returns
 * [batch, CLIP tokens + T5 tokens, width]; a silent T5 is zeros in all T5 rows, of the prompt and of the negative
 * prompt alike. CLIP's rows come first, as many as text_encoder's `max_position_embeddings`.
 */
export async function compareWithoutT5(
  pipe: Pipeline,
  prompt: string,
  settings: Settings,
): Promise<{ withT5: Image; withoutT5: Image }> {
  // TODO(without-t5)
  throw new TodoError(import.meta.url, 'without-t5', 'Return { withT5, withoutT5 }, two pictures.')
}

/**
 * Measures how straight a path through latents is: the distance from its first point to its last, over the length of the
 * way along all points, both Euclidean. 1 is a straight line at any speed, 0 ends where it began. A path that never
 * moves, or has one point only, counts as straight.
 * pathStraightness([[0, 0], [3, 0], [3, 4]]) → 5 / 7 = 0.7143
 */
export async function pathStraightness(path: Tensor[]): Promise<number> {
  // TODO(path-straightness)
  throw new TodoError(import.meta.url, 'path-straightness', 'Return a number from 0 to 1.')
}

/**
 * Draws a prompt at each step count with two models from the same noise: with `flow`, and with `ddpm`, the same network
 * trained to predict noise, which DDIM samples (`sampler: 'ddim'` of `generate`). One row per step count, in the order
 * given: the `image`, its `distance` as `distanceToLongest` measures it among the model's own runs, and the `straightness`
 * of the path of the latents, from the initial noise over the latents after each step. The noise is
 * `manualSeed(seed).randn(dims)`, with the dims of the latents; `#harness` has `manualSeed`.
 */
export async function compareWithDdpm(
  models: { flow: Pipeline; ddpm: Pipeline },
  prompt: string,
  settings: Settings,
  stepCounts: number[] = [10, 20, 50],
): Promise<{ flow: PathRun[]; ddpm: PathRun[] }> {
  // TODO(compare-with-ddpm)
  throw new TodoError(
    import.meta.url,
    'compare-with-ddpm',
    'Return { flow, ddpm }, a row per step count each.',
  )
}
