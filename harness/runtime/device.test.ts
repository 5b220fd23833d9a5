import { afterEach, describe, expect, it, vi } from 'vitest'
import { chooseDevice, probeCuda } from './device.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

describe('chooseDevice', () => {
  it('takes the CPU, in float32, when nothing is asked for', async () => {
    vi.stubEnv('SD3_DEVICE', undefined)
    expect(await chooseDevice()).toEqual({ name: 'cpu', type: 'float32' })
  })

  it('computes in float16 on a usable CUDA, and falls back from an unusable one with one line that says why', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const problem = await probeCuda()
    const device = await chooseDevice('cuda')
    if (problem === null) {
      expect(device).toEqual({ name: 'cuda', type: 'float16' })
      expect(warn).not.toHaveBeenCalled()
    } else {
      expect(device).toEqual({ name: 'cpu', type: 'float32' })
      expect(warn.mock.calls).toEqual([[`CUDA cannot be used, running on the CPU instead: ${problem}`]])
      expect(problem).not.toContain('\n')
    }
  })

  it('says nothing when CUDA was not asked for by name', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    expect((await chooseDevice('auto')).name).toBe((await probeCuda()) === null ? 'cuda' : 'cpu')
    expect(warn).not.toHaveBeenCalled()
  })

  it('reads SD3_DEVICE, and names the devices there are when it is another', async () => {
    vi.stubEnv('SD3_DEVICE', 'npu')
    await expect(chooseDevice()).rejects.toThrow(
      /no device "npu"\.\nSet SD3_DEVICE to one of cpu, cuda, auto/,
    )
  })
})
