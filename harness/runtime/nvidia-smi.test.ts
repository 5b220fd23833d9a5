import { describe, expect, it } from 'vitest'
import { parseCudaVersion, parseGpus, usedGpu, type Driver } from './nvidia-smi.ts'

// As `nvidia-smi --query-gpu=index,uuid,name,driver_version,memory.total,memory.free,compute_cap` prints it.
const list = `0, GPU-5f1c2d3e-1111-2222-3333-444455556666, NVIDIA H200, 580.95.05, 143771, 143158, 9.0
1, GPU-aa00bb11-1111-2222-3333-444455556666, NVIDIA GeForce RTX 3060, 580.95.05, 12288, 11020, 8.6
`
const driver: Driver = { gpus: parseGpus(list), cuda: [13, 0] }

describe("nvidia-smi's list", () => {
  it('is read into cards, memory in bytes', () => {
    expect(driver.gpus[0]).toEqual({
      index: 0,
      uuid: 'GPU-5f1c2d3e-1111-2222-3333-444455556666',
      name: 'NVIDIA H200',
      driver: '580.95.05',
      computeCapability: '9.0',
      totalBytes: 143771 * 2 ** 20,
      freeBytes: 143158 * 2 ** 20,
    })
    expect(driver.gpus).toHaveLength(2)
  })

  it('leaves out what is no card', () => {
    expect(parseGpus('No devices were found\n')).toEqual([])
    expect(parseGpus('0, GPU-5f, NVIDIA H200, 580.95.05, [N/A], [N/A], 9.0')).toEqual([])
    expect(parseGpus('0, GPU-5f, Card, 470.1, 100, 50, [Not Supported]')[0].computeCapability).toBeNull()
  })
})

it.each([
  ['| NVIDIA-SMI 580.95.05    Driver Version: 580.95.05    CUDA Version: 13.0     |', [13, 0]],
  ['| NVIDIA-SMI 610.43    KMD Version: 610.43    CUDA UMD Version: 13.3   |', [13, 3]],
  ['CUDA Version        : 12.8', [12, 8]],
  ['| Driver Version: 580.95.05    CUDA Version: N/A |', null],
])('the CUDA version in "%s" is %s', (text, version) => {
  expect(parseCudaVersion(text)).toEqual(version)
})

it.each([
  [undefined, 0],
  ['1', 1],
  ['1,0', 1],
  ['GPU-aa00', 1],
  ['', null],
  ['-1', null],
  ['7', null],
])('CUDA_VISIBLE_DEVICES=%s uses card %s', (visible, index) => {
  expect(usedGpu(driver, visible)?.index ?? null).toBe(index)
})
