import { describe, expect, it } from 'vitest'
import { DDIMScheduler } from './ddim-scheduler.ts'
import { DDPMScheduler } from './ddpm-scheduler.ts'
import { DiffusionSchedule } from './diffusion-schedule.ts'
import { ArgumentError, ShapeError, UnsupportedError } from './errors.ts'
import oracle from './fixtures/diffusion.json' with { type: 'json' }
import { manualSeed } from './random.ts'
import { tensor } from './tensor.ts'

const SHAPE = [1, 2, 8]
const classes = { DDPMScheduler, DDIMScheduler }
const plain = { clip_sample: false }

function expectNear(actual: ArrayLike<number>, expected: readonly number[], most: number) {
  expect(actual).toHaveLength(expected.length)
  expected.forEach((value, i) =>
    expect(Math.abs(actual[i] - value), `element ${i}`).toBeLessThanOrEqual(most),
  )
}

it.each(oracle.betas)('the running product of 1 − β is diffusers’: $config', ({ config, ...expected }) => {
  const { alphasCumprod } = new DiffusionSchedule({ ...config, ...plain })
  expect(alphasCumprod).toHaveLength(1000)
  expectNear(
    alphasCumprod.filter((_, t) => t % 37 === 0),
    expected['alphasCumprod[::37]'],
    1.2e-7,
  )
})

const cases = oracle.schedules.map((schedule) => {
  const { beta_schedule, timestep_spacing, ...rest } = schedule.config
  const last = 'set_alpha_to_one' in rest ? ', set_alpha_to_one false' : ''
  return { ...schedule, name: `${schedule.class}, ${beta_schedule}, ${timestep_spacing}${last}` }
})

it.each(cases)('$name: $steps steps are diffusers’', ({ class: name, config, steps, timesteps, walk }) => {
  const scheduler = new classes[name as keyof typeof classes](config)
  scheduler.setTimesteps(steps)
  expect([...scheduler.timesteps]).toEqual(timesteps)
  const generator = manualSeed(walk.seed)
  let sample = generator.randn(SHAPE)
  expectNear(sample.data, walk.sample, 1e-5)
  for (const { timestep, result } of walk.steps) {
    sample = scheduler.step(generator.randn(SHAPE), timestep, sample, generator)
    expect(sample.dims).toEqual(SHAPE)
    // A guess at the picture divides by √ᾱ, 0.07 at the noisy end: values reach some tens.
    const largest = Math.max(...result.map(Math.abs))
    expectNear(sample.data, result, 1e-5 * Math.max(1, largest))
  }
})

it.each([1, 2, 10, 50])('DDIM is exact in %i steps while the prediction stays the same', (steps) => {
  const generator = manualSeed(3)
  const [picture, noise] = [generator.randn(SHAPE), generator.randn(SHAPE)]
  const scheduler = new DDIMScheduler({ ...plain, timestep_spacing: 'trailing' })
  scheduler.setTimesteps(steps)
  const alphaBar = scheduler.schedule.alphasCumprod[scheduler.timesteps[0]]
  const mixed = picture.data.map((x, i) => Math.sqrt(alphaBar) * x + Math.sqrt(1 - alphaBar) * noise.data[i])
  let sample = tensor(SHAPE, mixed)
  for (const timestep of scheduler.timesteps) sample = scheduler.step(noise, timestep, sample)
  expectNear(sample.data, [...picture.data], 1e-4)
})

describe('trailing', () => {
  it('leaves out the timestep −1 that diffusers adds for some counts', () => {
    const scheduler = new DDIMScheduler({ ...plain, timestep_spacing: 'trailing' })
    for (let steps = 1; steps <= 1000; steps++) {
      scheduler.setTimesteps(steps)
      expect(scheduler.timesteps).toHaveLength(steps)
      expect(scheduler.timesteps[0]).toBe(999)
      expect(Math.min(...scheduler.timesteps)).toBeGreaterThanOrEqual(0)
    }
  })
})

describe.each([DDPMScheduler, DDIMScheduler])('%O refuses', (Scheduler) => {
  it.each([
    ['clip_sample', true],
    ['prediction_type', 'v_prediction'],
    ['thresholding', true],
    ['trained_betas', [0.1]],
    ['rescale_betas_zero_snr', true],
    ['variance_type', 'learned'],
    ['beta_schedule', 'squaredcos_cap_v2'],
    ['timestep_spacing', 'linspace'],
  ])('%s = %j, by name', (key, value) => {
    expect(() => new Scheduler({ ...plain, [key]: value })).toThrow(UnsupportedError)
    expect(() => new Scheduler({ ...plain, [key]: value })).toThrow(key)
  })

  it('a config that leaves clip_sample to diffusers’ default, which clips', () => {
    expect(() => new Scheduler({})).toThrow(/sets clip_sample to true/)
  })

  it.each([
    ['num_train_timesteps', 0],
    ['num_train_timesteps', 2.5],
    ['beta_start', 0],
    ['beta_end', 1],
    ['beta_end', '0.02'],
    ['steps_offset', -1],
  ])('%s = %j, which is out of range', (key, value) => {
    expect(() => new Scheduler({ ...plain, [key]: value })).toThrow(ArgumentError)
    expect(() => new Scheduler({ ...plain, [key]: value })).toThrow(key)
  })

  it.each([0, -1, 2.5, NaN, 1001])('%s steps', (steps) => {
    expect(() => new Scheduler(plain).setTimesteps(steps)).toThrow(ArgumentError)
  })

  it('a start beyond the last timestep', () => {
    expect(() => new Scheduler({ ...plain, steps_offset: 1 }).setTimesteps(1000)).toThrow(/timestep 1000/)
  })

  it('a position instead of a timestep, and a prediction of another shape', () => {
    const scheduler = new Scheduler(plain)
    scheduler.setTimesteps(10)
    const one = tensor([1], [1])
    expect(() => scheduler.step(one, 3, one, manualSeed(1))).toThrow(/not on the schedule of 10 steps/)
    expect(() => scheduler.step(tensor([2], [1, 2]), 900, one, manualSeed(1))).toThrow(ShapeError)
  })
})
