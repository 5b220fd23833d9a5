import { ArgumentError, UnsupportedError } from './errors.ts'
import type { SchedulerConfig } from './scheduler.ts'

/** Settings of other models' schedules, and the only value of each that this harness has. */
const ONLY = {
  trained_betas: null,
  prediction_type: 'epsilon',
  thresholding: false,
  clip_sample: false,
  rescale_betas_zero_snr: false,
  variance_type: 'fixed_small',
}
/** What diffusers takes for a key that is left out, where that differs from {@link ONLY}. */
const DEFAULTS = { clip_sample: true }

/**
 * The noise that DDPM training mixes in, and the timesteps that sampling visits:
 * x_t = √ᾱ_t · picture + √(1 − ᾱ_t) · noise, with ᾱ the running product of 1 − β.
 * Source: Ho et al. 2020, arXiv 2006.11239; diffusers `schedulers/scheduling_ddpm.py`.
 */
export class DiffusionSchedule {
  readonly numTrainTimesteps: number
  /** Rounded where torch rounds, or differences such as 1 − ᾱ would keep few of its digits. */
  readonly alphasCumprod: Float32Array // [trainTimesteps]
  readonly #spacing: 'leading' | 'trailing'
  readonly #offset: number

  /** @throws UnsupportedError for a setting of other models, ArgumentError for a number out of range */
  constructor(config: SchedulerConfig) {
    for (const [key, only] of Object.entries(ONLY)) {
      const value = config[key] ?? (DEFAULTS as Record<string, unknown>)[key] ?? only
      if (value !== only) unsupported(key, value, [only])
    }
    const { num_train_timesteps: count = 1000, beta_start: start = 1e-4, beta_end: end = 0.02 } = config
    this.numTrainTimesteps = inRange('num_train_timesteps', count, Number.isInteger(count) && count >= 1)
    const betas = (first: number, last: number) => linspace(first, last, this.numTrainTimesteps)
    const [first, last] = [start, end].map((beta, i) =>
      inRange(i === 0 ? 'beta_start' : 'beta_end', beta, Number(beta) > 0 && Number(beta) < 1),
    )
    this.alphasCumprod = runningProduct(
      choice('beta_schedule', config.beta_schedule ?? 'linear', ['linear', 'scaled_linear']) === 'linear'
        ? betas(first, last)
        : betas(Math.sqrt(first), Math.sqrt(last)).map((root) => root * root),
    )
    this.#spacing = choice('timestep_spacing', config.timestep_spacing ?? 'leading', ['leading', 'trailing'])
    const offset = config.steps_offset ?? 0
    this.#offset = inRange('steps_offset', offset, Number.isInteger(offset) && Number(offset) >= 0)
  }

  /**
   * `leading` counts up from 0 (and the offset) in whole strides, so that few steps start well below the full noise;
   * `trailing` counts down from the last timestep. Lin et al. 2023, arXiv 2305.08891, table 2.
   * @returns timesteps from the noisy end down
   * @throws ArgumentError unless `steps` is a whole number from 1 to the timesteps that were trained
   */
  timesteps(steps: number): Float32Array<ArrayBuffer> {
    const trained = this.numTrainTimesteps
    if (!Number.isInteger(steps) || steps < 1 || steps > trained) {
      throw new ArgumentError(
        `The number of steps is ${steps}.`,
        `Pass a whole number from 1 to ${trained}, the timesteps that the model was trained with.`,
      )
    }
    if (this.#spacing === 'leading') {
      const stride = Math.floor(trained / steps)
      const last = (steps - 1) * stride + this.#offset
      if (last >= trained) {
        throw new ArgumentError(
          `With steps_offset ${this.#offset}, ${steps} steps would start at timestep ${last}.`,
          `The last one trained is ${trained - 1}: take fewer steps.`,
        )
      }
      return Float32Array.from({ length: steps }, (_, i) => last - i * stride)
    }
    // As numpy's arange and round compute it. For some counts, such as 61, arange adds a value just above 0, which
    // diffusers turns into timestep −1; it is no timestep, and left out here.
    const stride = trained - trained / steps - trained
    return Float32Array.from({ length: steps }, (_, i) => roundHalfEven(trained + i * stride) - 1)
  }
}

/** The position of a timestep. @throws ArgumentError for one that is not on the schedule */
export function indexOfTimestep(timesteps: Float32Array, timestep: number): number {
  const index = timesteps.indexOf(timestep)
  if (index !== -1) return index
  throw new ArgumentError(
    `Timestep ${timestep} is not on the schedule of ${timesteps.length} steps.`,
    'Call setTimesteps first, then pass one of scheduler.timesteps itself, not its position.',
  )
}

/** `torch.linspace` in float32: its second half is counted back from the end. */
function linspace(start: number, end: number, count: number): Float32Array {
  const [first, last] = [Math.fround(start), Math.fround(end)]
  const step = count > 1 ? Math.fround(Math.fround(last - first) / (count - 1)) : 0
  return Float32Array.from({ length: count }, (_, i) =>
    i < count / 2 ? first + step * i : last - step * (count - i - 1),
  )
}

/** Torch keeps the product in float64 and rounds what it stores. */
function runningProduct(betas: Float32Array): Float32Array {
  let product = 1
  return betas.map((beta) => (product *= Math.fround(1 - beta)))
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value)
  return Math.abs(value - Math.trunc(value)) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}

function inRange(key: string, value: unknown, fits: boolean): number {
  if (typeof value === 'number' && fits) return value
  throw new ArgumentError(
    `The scheduler's config sets ${key} to ${JSON.stringify(value)}.`,
    'Restore scheduler_config.json of the checkpoint.',
  )
}

function choice<T extends string>(key: string, value: unknown, supported: readonly T[]): T {
  return supported.find((option) => option === value) ?? unsupported(key, value, supported)
}

function unsupported(key: string, value: unknown, supported: readonly unknown[]): never {
  throw new UnsupportedError(
    `The scheduler's config sets ${key} to ${JSON.stringify(value)}.`,
    `This harness implements ${supported.map((option) => JSON.stringify(option)).join(' and ')} only.`,
  )
}
