import { ArgumentError, UnsupportedError } from './errors.ts'
import type { Generator } from './random.ts'
import { assertShape, type Tensor } from './tensor.ts'

/** `scheduler_config.json`, keys as diffusers spells them. Keys that are left out take diffusers' defaults. */
export interface SchedulerConfig {
  /** Default 1000. */
  num_train_timesteps?: number
  /** Default 1; SD3 Medium's is 3. */
  shift?: number
  [key: string]: unknown
}

/** Walks from noise to picture, step by step, along what the network predicts. */
export interface Scheduler {
  /** One per step, from the noisy end down; what the transformer is told. */
  timesteps: Float32Array // [steps]
  setTimesteps(steps: number): void
  /** @param generator draws what a step adds of fresh noise, if it does */
  step(prediction: Tensor, timestep: number, sample: Tensor, generator: Generator | null): Tensor
}

/** Settings of other models' schedules, and the only value of each that means "off". */
const OFF = {
  use_dynamic_shifting: false,
  invert_sigmas: false,
  shift_terminal: null,
  use_karras_sigmas: false,
  use_exponential_sigmas: false,
  use_beta_sigmas: false,
  stochastic_sampling: false,
}

/**
 * Walks from noise to picture along the straight paths of rectified flow, one Euler step at a time.
 * A noisy sample is σ·noise + (1 − σ)·picture, so the velocity dx/dσ is noise − picture.
 * Source: diffusers `schedulers/scheduling_flow_match_euler_discrete.py`; Esser et al. 2024, arXiv 2403.03206.
 */
export class FlowMatchEulerDiscreteScheduler implements Scheduler {
  readonly numTrainTimesteps: number
  readonly shift: number
  /** One per step, from 1000 (noise) down; what the transformer is told. */
  timesteps = new Float32Array() // [steps]
  /** The noise share before each step, and a last 0. */
  sigmas = new Float32Array() // [steps + 1]

  /** @throws UnsupportedError for a setting that SD3 does not use, ArgumentError for one that is no positive number */
  constructor(config: SchedulerConfig) {
    for (const [key, off] of Object.entries(OFF)) {
      const value = config[key] ?? off
      if (value !== off) {
        throw new UnsupportedError(
          `The scheduler's config sets ${key} to ${JSON.stringify(value)}.`,
          `Set it to ${JSON.stringify(off)}: this scheduler implements the schedule of Stable Diffusion 3 only.`,
        )
      }
    }
    this.numTrainTimesteps = positive('num_train_timesteps', config.num_train_timesteps ?? 1000)
    this.shift = positive('shift', config.shift ?? 1)
  }

  /**
   * Lays out the schedule: `steps` of them evenly spaced before the shift, or the given `sigmas`, shifted as well.
   * @throws ArgumentError for fewer than one step.
   */
  setTimesteps(steps: number | { sigmas: readonly number[] }): void {
    const sigmas = typeof steps === 'number' ? this.#evenSigmas(steps) : Float32Array.from(steps.sigmas)
    if (sigmas.length === 0)
      throw new ArgumentError('sigmas is empty.', 'Pass one value per step, from 1 down.')
    const wrong = sigmas.findIndex(
      (sigma, i) => !(sigma > 0 && sigma <= 1 && (i === 0 || sigma < sigmas[i - 1])),
    )
    if (wrong >= 0) {
      throw new ArgumentError(
        `sigmas[${wrong}] is ${sigmas[wrong]}${wrong > 0 ? ` after ${sigmas[wrong - 1]}` : ''}.`,
        'Pass shares of noise that fall from at most 1, and stay above 0.',
      )
    }
    const shifted = Float32Array.from(sigmas, (sigma) => this.#shifted(sigma))
    this.timesteps = shifted.map((sigma) => sigma * this.numTrainTimesteps)
    this.sigmas = Float32Array.of(...shifted, 0)
  }

  /**
   * Takes one Euler step: `sample + (σ_next − σ)·velocity`.
   * @param timestep one of `timesteps`
   * @throws ArgumentError for a timestep that is not on the schedule, ShapeError when the shapes differ
   */
  step(velocity: Tensor, timestep: number, sample: Tensor): Tensor {
    assertShape(velocity, sample.dims, 'velocity')
    const i = this.#indexOf(timestep)
    const dt = Math.fround(this.sigmas[i + 1] - this.sigmas[i])
    const data = new Float32Array(sample.data.length) // A loop: `map` takes six times as long.
    for (let k = 0; k < data.length; k++) data[k] = sample.data[k] + Math.fround(dt * velocity.data[k])
    return { dims: [...sample.dims], data }
  }

  /**
   * Mixes a picture's latents with noise: `σ·noise + (1 − σ)·sample`, as training does.
   * @param timestep one of `timesteps`
   * @throws ArgumentError for a timestep that is not on the schedule, ShapeError when the shapes differ
   */
  scaleNoise(sample: Tensor, timestep: number, noise: Tensor): Tensor {
    assertShape(noise, sample.dims, 'noise')
    const sigma = this.sigmas[this.#indexOf(timestep)]
    return {
      dims: [...sample.dims],
      data: sample.data.map(
        (value, k) => Math.fround(sigma * noise.data[k]) + Math.fround(1 - sigma) * value,
      ),
    }
  }

  /** Moves σ towards the noisy end, where a larger picture needs its steps (paper, §5.3.2). */
  #shifted(sigma: number): number {
    return (this.shift * sigma) / (1 + (this.shift - 1) * sigma)
  }

  #evenSigmas(steps: number): number[] {
    if (!Number.isInteger(steps) || steps < 1) {
      throw new ArgumentError(`The number of steps is ${steps}.`, 'Pass a whole number, at least 1.')
    }
    // The smallest σ is shifted here and again in setTimesteps: 0.001 → 0.002994 → 0.008929 at shift 3.
    // It looks like a slip, but diffusers and Stability's own code both do it, and the published weights are used
    // so; a schedule that shifts once would end on another timestep and draw another picture.
    const last = Math.fround(this.#shifted(Math.fround(1 / this.numTrainTimesteps)))
    return Array.from({ length: steps }, (_, i) => (steps === 1 ? 1 : 1 + (i * (last - 1)) / (steps - 1)))
  }

  #indexOf(timestep: number): number {
    const index = this.timesteps.indexOf(Math.fround(timestep))
    if (index === -1) {
      throw new ArgumentError(
        `Timestep ${timestep} is not on the schedule of ${this.timesteps.length} steps.`,
        'Call setTimesteps first, then pass one of scheduler.timesteps itself, not its position.',
      )
    }
    return index
  }
}

function positive(key: string, value: unknown): number {
  if (typeof value === 'number' && value > 0) return value
  throw new ArgumentError(
    `The scheduler's config sets ${key} to ${JSON.stringify(value)}.`,
    'Set it to a positive number, as in scheduler_config.json of the checkpoint.',
  )
}
