import { DiffusionSchedule, indexOfTimestep } from './diffusion-schedule.ts'
import { ArgumentError } from './errors.ts'
import type { Scheduler, SchedulerConfig } from './scheduler.ts'
import { assertShape, type Tensor } from './tensor.ts'

const { fround } = Math

/**
 * Samples what DDPM training learned without fresh noise (η = 0): guess the picture, go to it, and come back with the
 * same predicted noise to the next lower level. The same noise then draws the same picture at any number of steps.
 * Source: Song et al. 2020, arXiv 2010.02502, formula 12; diffusers `schedulers/scheduling_ddim.py`.
 */
export class DDIMScheduler implements Scheduler {
  readonly schedule: DiffusionSchedule
  timesteps = new Float32Array() // [steps]
  /** ᾱ behind the last step: that of a picture without noise, or of timestep 0. */
  readonly #finalAlphaBar: number

  /** @throws UnsupportedError, ArgumentError as {@link DiffusionSchedule} */
  constructor(config: SchedulerConfig) {
    this.schedule = new DiffusionSchedule(config)
    const toOne = config.set_alpha_to_one ?? true
    if (typeof toOne !== 'boolean') {
      throw new ArgumentError(
        `The scheduler's config sets set_alpha_to_one to ${JSON.stringify(toOne)}.`,
        'Set it to true or false, as in scheduler_config.json of the checkpoint.',
      )
    }
    this.#finalAlphaBar = toOne ? 1 : this.schedule.alphasCumprod[0]
  }

  /** @throws ArgumentError for a count that the schedule cannot lay out */
  setTimesteps(steps: number): void {
    this.timesteps = this.schedule.timesteps(steps)
  }

  /**
   * Steps one stride down, to √ᾱ_next · picture + √(1 − ᾱ_next) · noise.
   * @param noise the predicted noise
   * @throws ArgumentError for a timestep that is not on the schedule, ShapeError when the shapes differ
   */
  step(noise: Tensor, timestep: number, sample: Tensor): Tensor {
    assertShape(noise, sample.dims, 'noise')
    indexOfTimestep(this.timesteps, timestep)
    const { alphasCumprod, numTrainTimesteps } = this.schedule
    // As in diffusers a whole stride, which with `trailing` need not be the next timestep to the digit.
    const next = timestep - Math.floor(numTrainTimesteps / this.timesteps.length)
    const alphaBar = alphasCumprod[timestep]
    const nextAlphaBar = next >= 0 ? alphasCumprod[next] : this.#finalAlphaBar
    const [root, noiseRoot] = [Math.sqrt(alphaBar), Math.sqrt(fround(1 - alphaBar))]
    const [nextRoot, nextNoiseRoot] = [Math.sqrt(nextAlphaBar), Math.sqrt(fround(1 - nextAlphaBar))]
    const data = new Float32Array(sample.data.length)
    for (let i = 0; i < data.length; i++) {
      const picture = (sample.data[i] - noiseRoot * noise.data[i]) / root
      data[i] = nextRoot * picture + nextNoiseRoot * noise.data[i]
    }
    return { dims: [...sample.dims], data }
  }
}
