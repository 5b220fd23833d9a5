import { describe, expect, it } from 'vitest'
import { ArgumentError } from './errors.ts'
import oracle from './fixtures/randn.json' with { type: 'json' }
import { Generator, manualSeed } from './random.ts'

describe('randn draws what torch draws', () => {
  // One generator per seed, so a wrong cached normal or a wrong number of uniforms spoils every later call.
  it.each(oracle.sequences)(
    'through twelve calls below and above 16 values, seed $seed',
    ({ seed, calls }) => {
      const generator = manualSeed(seed)
      for (const { dims, data } of calls) {
        const drawn = generator.randn(dims)
        expect(drawn.dims).toEqual(dims)
        const errors = data.map((value, i) => Math.abs(value - drawn.data[i]))
        expect(Math.max(...errors), `randn(${JSON.stringify(dims)})`).toBeLessThan(1e-6)
      }
    },
  )

  it.each(oracle.sequences)('to the bit below 16 values, seed $seed', ({ seed, calls }) => {
    const generator = manualSeed(seed)
    for (const { dims, data } of calls) {
      const drawn = generator.randn(dims)
      if (data.length < 16)
        expect(drawn.data, `randn(${JSON.stringify(dims)})`).toEqual(Float32Array.from(data))
    }
  })

  it('from the low 32 bits of a seed alone, as a number or a bigint', () => {
    expect(manualSeed(2 ** 32 + 42).randn([16])).toEqual(manualSeed(42).randn([16]))
    expect(manualSeed(2n ** 64n - 1n).randn([16])).toEqual(manualSeed(0xffffffff).randn([16]))
  })
})

describe('a generator', () => {
  it.each([-1, 1.5, NaN, 2 ** 53, -1n, 2n ** 64n])('refuses the seed %s and says which are legal', (seed) => {
    expect(() => new Generator(seed)).toThrow(ArgumentError)
    expect(() => new Generator(seed)).toThrow(/The seed is .*\nPass a whole number from 0/)
  })
})
