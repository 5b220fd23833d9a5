import { DiffusionSchedule, indexOfTimestep } from './diffusion-schedule.ts'
import { ArgumentError } from './errors.ts'
import type { Generator } from './random.ts'
import type { Scheduler, SchedulerConfig } from './scheduler.ts'
import { assertShape, type Tensor } from './tensor.ts'

const { fround } = Math

/**
 * Ancestral sampling: each step draws from what the picture may have been one noise level lower, fresh noise included.
 * Source: Ho et al. 2020, arXiv 2006.11239, formulas 6, 7 and 15; diffusers `schedulers/scheduling_ddpm.py` with
 * variance `fixed_small`.
 */
export class DDPMScheduler implements Scheduler {
  readonly schedule: DiffusionSchedule
  timesteps = new Float32Array() // [steps]

  /** @throws UnsupportedError, ArgumentError as {@link DiffusionSchedule} */
  constructor(config: SchedulerConfig) {
    this.schedule = new DiffusionSchedule(config)
  }

  /** @throws ArgumentError for a count that the schedule cannot lay out */
  setTimesteps(steps: number): void {
    this.timesteps = this.schedule.timesteps(steps)
  }

  /**
   * Steps to the next lower timestep.
   * @param noise the predicted noise
   * @param generator draws the fresh noise, for all pictures of a batch at once; not at timestep 0
   * @throws ArgumentError for a timestep that is not on the schedule, or without generator; ShapeError when the shapes differ
   */
  step(noise: Tensor, timestep: number, sample: Tensor, generator: Generator | null): Tensor {
    assertShape(noise, sample.dims, 'noise')
    const { alphasCumprod } = this.schedule
    const next = this.timesteps[indexOfTimestep(this.timesteps, timestep) + 1]
    const [alphaBar, nextAlphaBar] = [alphasCumprod[timestep], next === undefined ? 1 : alphasCumprod[next]]
    const [betaBar, nextBetaBar] = [fround(1 - alphaBar), fround(1 - nextAlphaBar)]
    const alpha = fround(alphaBar / nextAlphaBar)
    const beta = fround(1 - alpha)

    if (!generator) {
      throw new ArgumentError(
        'Ancestral sampling draws fresh noise at every step, and there is no seed to draw it from.',
        'Pass a seed beside the latents, or the sampler "ddim", which draws none.',
      )
    }
    const fresh = timestep > 0 ? generator.randn(sample.dims).data : null
    const deviation = Math.sqrt(Math.max(fround(fround(nextBetaBar / betaBar) * beta), 1e-20))
    const [pictureShare, sampleShare] = [
      (Math.sqrt(nextAlphaBar) * beta) / betaBar,
      (Math.sqrt(alpha) * nextBetaBar) / betaBar,
    ]
    const data = new Float32Array(sample.data.length)
    for (let i = 0; i < data.length; i++) {
      const picture = (sample.data[i] - Math.sqrt(betaBar) * noise.data[i]) / Math.sqrt(alphaBar)
      const mean = pictureShare * picture + sampleShare * sample.data[i]
      data[i] = fresh ? mean + deviation * fresh[i] : mean
    }
    return { dims: [...sample.dims], data }
  }
}
