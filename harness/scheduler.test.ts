import { describe, expect, it } from 'vitest'
import { ArgumentError, ShapeError, UnsupportedError } from './errors.ts'
import oracle from './fixtures/scheduler.json' with { type: 'json' }
import { FlowMatchEulerDiscreteScheduler } from './scheduler.ts'
import { tensor } from './tensor.ts'

const SHAPE = [1, 2, 3]

/** One unit in the last place of float32, relative: numpy rounds after every operation, this code at the end. */
const ULP = 1.2e-7

function expectClose(actual: ArrayLike<number>, expected: number[], relative: number) {
  expect(actual).toHaveLength(expected.length)
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i] - value), `element ${i}`).toBeLessThanOrEqual(
      relative * Math.max(1e-3, Math.abs(value)),
    )
  })
}

const cases = oracle.schedules.map((schedule) => ({
  ...schedule,
  asked: schedule.givenSigmas ? { sigmas: schedule.givenSigmas } : schedule.steps,
}))

describe.each(cases)('shift $shift, setTimesteps($asked), against diffusers', (schedule) => {
  const scheduler = new FlowMatchEulerDiscreteScheduler({ shift: schedule.shift })
  scheduler.setTimesteps(schedule.asked)

  it('lays out the same timesteps and sigmas', () => {
    expectClose(scheduler.timesteps, schedule.timesteps, ULP)
    expectClose(scheduler.sigmas, schedule.sigmas, ULP)
  })

  it('steps to the same samples', () => {
    let sample = tensor(SHAPE, schedule.walk.sample)
    schedule.walk.steps.forEach(({ velocity, result }, i) => {
      sample = scheduler.step(tensor(SHAPE, velocity), scheduler.timesteps[i], sample)
      expect(sample.dims).toEqual(SHAPE)
      expectClose(sample.data, result, 1e-6)
    })
  })

  it('noises a sample the same', () => {
    const { sample, noise, noised, noisedAt } = schedule.walk
    const at = scheduler.timesteps.find((timestep) => Math.abs(timestep - noisedAt) < 1e-3)!
    expectClose(scheduler.scaleNoise(tensor(SHAPE, sample), at, tensor(SHAPE, noise)).data, noised, 1e-6)
  })
})

describe('the schedule of SD3 Medium', () => {
  it('shifts its smallest sigma twice, as the published weights expect', () => {
    const scheduler = new FlowMatchEulerDiscreteScheduler({ num_train_timesteps: 1000, shift: 3 })
    scheduler.setTimesteps(28)
    expect(scheduler.timesteps[0]).toBe(1000)
    expect(scheduler.timesteps[27]).toBeCloseTo(8.92857, 5)
    expect(scheduler.sigmas).toHaveLength(29)
    expect(scheduler.sigmas[28]).toBe(0)
  })

  it('ends exactly on x − σ·v, the picture the last velocity points at', () => {
    const scheduler = new FlowMatchEulerDiscreteScheduler({ shift: 3 })
    scheduler.setTimesteps(1)
    expect([...scheduler.step(tensor([2], [0.5, -1]), 1000, tensor([2], [1, 1])).data]).toEqual([0.5, 2])
  })
})

describe('a scheduler refuses', () => {
  it.each([
    ['use_dynamic_shifting', true],
    ['use_karras_sigmas', true],
    ['use_exponential_sigmas', true],
    ['use_beta_sigmas', true],
    ['shift_terminal', 0.1],
    ['invert_sigmas', true],
    ['stochastic_sampling', true],
  ])('%s = %s, by name', (key, value) => {
    expect(() => new FlowMatchEulerDiscreteScheduler({ [key]: value })).toThrow(UnsupportedError)
    expect(() => new FlowMatchEulerDiscreteScheduler({ [key]: value })).toThrow(key)
  })

  it.each([
    ['shift', 0],
    ['shift', '3'],
    ['num_train_timesteps', NaN],
    ['num_train_timesteps', '1000'],
  ])('%s = %j, which is no positive number', (key, value) => {
    expect(() => new FlowMatchEulerDiscreteScheduler({ [key]: value })).toThrow(ArgumentError)
    expect(() => new FlowMatchEulerDiscreteScheduler({ [key]: value })).toThrow(key)
  })

  it.each([0, -1, 2.5, NaN])('%s steps', (steps) => {
    expect(() => new FlowMatchEulerDiscreteScheduler({}).setTimesteps(steps)).toThrow(ArgumentError)
  })

  it.each([
    [[], 'sigmas is empty'],
    [[NaN], 'sigmas[0] is NaN.'],
    [[2, 1], 'sigmas[0] is 2.'],
    [[1, 0.5, 0.5], 'sigmas[2] is 0.5 after 0.5.'],
    [[1, 0], 'sigmas[1] is 0 after 1.'],
  ])('sigmas %j', (sigmas, message) => {
    expect(() => new FlowMatchEulerDiscreteScheduler({}).setTimesteps({ sigmas })).toThrow(message)
  })

  it('a position instead of a timestep, and says what to pass', () => {
    const scheduler = new FlowMatchEulerDiscreteScheduler({ shift: 3 })
    scheduler.setTimesteps(28)
    const one = tensor([1], [1])
    expect(() => scheduler.step(one, 0, one)).toThrow(
      /not on the schedule of 28 steps[^]*scheduler\.timesteps/,
    )
  })

  it('a velocity of another shape than the sample', () => {
    const scheduler = new FlowMatchEulerDiscreteScheduler({})
    scheduler.setTimesteps(2)
    expect(() =>
      scheduler.step(tensor([3, 2], [1, 2, 3, 4, 5, 6]), 1000, tensor([2, 3], [1, 2, 3, 4, 5, 6])),
    ).toThrow(ShapeError)
  })
})
