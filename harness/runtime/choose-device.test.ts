import { afterEach, describe, expect, it, vi } from 'vitest'
import { chooseDevice, probe } from './choose-device.ts'
import { devices } from './device.ts'
import { largestDifference, productsPerSecond } from './self-test.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

describe('chooseDevice', () => {
  it('takes the CPU, in float32, when nothing is asked for', async () => {
    vi.stubEnv('SD3_DEVICE', undefined)
    expect(await chooseDevice()).toEqual({ name: 'cpu', type: 'float32' })
  })

  it.each([
    ['cuda', 'CUDA', 'float16'],
    ['webgpu', 'WebGPU', 'float32'],
  ] as const)(
    '%s is used when it works, and falls back when not, with one line that says why',
    async (name, label, type) => {
      vi.stubEnv('SD3_DTYPE', undefined)
      const warn = vi.spyOn(console, 'warn').mockReturnValue()
      const problem = await probe(name)
      const device = await chooseDevice(name)
      if (problem === null) {
        expect(device).toEqual({ name, type })
        expect(warn).not.toHaveBeenCalled()
      } else {
        expect(device).toEqual({ name: 'cpu', type: 'float32' })
        expect(warn.mock.calls).toEqual([[`${label} cannot be used, running on the CPU instead: ${problem}`]])
        expect(problem).not.toContain('\n')
      }
    },
  )

  it('says nothing when no accelerator was asked for by name', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const { name } = await chooseDevice('auto')
    if (await probe('cuda')) expect(['webgpu', 'cpu']).toContain(name)
    else expect(name).toBe('cuda')
    expect(warn).not.toHaveBeenCalled()
  })

  it('refuses another compute type than there is, whatever the device', async () => {
    vi.stubEnv('SD3_DTYPE', 'float8')
    await expect(chooseDevice('cpu')).rejects.toThrow(
      'There is no compute type "float8".\nSet SD3_DTYPE to float16 or float32.',
    )
  })

  it('computes in float32 on the CPU, whatever CUDA computes in', async () => {
    vi.stubEnv('SD3_DTYPE', 'float16')
    expect(await chooseDevice('cpu')).toEqual({ name: 'cpu', type: 'float32' })
  })

  it('reads SD3_DEVICE, and names the devices there are when it is another', async () => {
    vi.stubEnv('SD3_DEVICE', 'npu')
    await expect(chooseDevice()).rejects.toThrow(
      /no device "npu"\.\nSet SD3_DEVICE to one of cpu, cuda, webgpu, auto/,
    )
  })
})

describe('the self-test', () => {
  it('finds a device equal to itself, and half precision apart by its rounding', async () => {
    expect(await largestDifference(devices.cpu, devices.cpu)).toBe(0)
    const rounding = await largestDifference({ name: 'cpu', type: 'float16' }, devices.cpu)
    expect(rounding).toBeGreaterThan(1e-5)
    expect(rounding).toBeLessThan(1e-2)
  })

  it('measures a rate of products that a processor can have', async () => {
    const rate = await productsPerSecond(devices.cpu, 256)
    expect(rate).toBeGreaterThan(1e8)
    expect(rate).toBeLessThan(1e16)
  })
})
