import { describe, expect, it } from 'vitest'
import { neededLibraries } from '../../runtime/cuda/provider.ts'
import type { Driver } from '../../runtime/nvidia-smi.ts'
import { adviceOnMissing } from './advice.ts'
import { chooseBuild } from './choose-build.ts'

const driver = (cuda: Driver['cuda'], computeCapability: string | null = '9.0'): Driver => ({
  cuda,
  gpus: [
    {
      index: 0,
      uuid: 'GPU-0',
      name: 'Card',
      driver: '580.95.05',
      computeCapability,
      totalBytes: 2 ** 34,
      freeBytes: 2 ** 34,
    },
  ],
})
const has = (...majors: (12 | 13)[]) => {
  const names = new Set(majors.flatMap(neededLibraries))
  return (name: string) => names.has(name)
}

describe('the build', () => {
  it.each([
    ['the newer where both could run', [13, 0], '9.0', has(12, 13), 13],
    ['the newer where neither has its libraries', [13, 0], '9.0', has(), 13],
    ['that whose libraries are here', [13, 0], '9.0', has(12), 12],
    ['what the driver runs', [12, 8], '9.0', has(13), 12],
    ['CUDA 12 for a card that 13 compiles nothing for', [13, 0], '7.0', has(13), 12],
    ['CUDA 13 for the oldest card it compiles for', [13, 0], '7.5', has(), 13],
    ['the newer for a driver newer than both', [14, 1], '9.0', has(), 13],
  ] as const)('is %s', (_, cuda, capability, isFound, expected) => {
    expect(chooseBuild(driver([...cuda], capability), isFound)?.cuda).toBe(expected)
  })

  it.each([[[11, 8]], [null]] as const)('is none for a driver that runs CUDA %s', (cuda) => {
    expect(chooseBuild(driver(cuda && [...cuda]), has(12, 13))).toBeNull()
  })
})

describe('advice on missing libraries', () => {
  const libraries = (names: string[], found: string[] = []) =>
    names.map((name) => ({ name, path: found.includes(name) ? `/x/${name}` : null, visible: false }))

  it('names one command for all that pip has, and the driver apart', () => {
    expect(adviceOnMissing(libraries(neededLibraries(13)), 13)).toEqual([
      "libcuda.so.1 is missing: it comes with NVIDIA's driver; in a container start it with --gpus all.",
      'libcudart.so.13, libcublasLt.so.13, libcublas.so.13, libcurand.so.10, libcudnn.so.9 are missing: python3 -m venv .venv && .venv/bin/pip install nvidia-cuda-runtime nvidia-cublas nvidia-curand nvidia-cudnn-cu13',
    ])
  })

  it('names the packages of CUDA 12 by their suffix', () => {
    const names = ['libcudnn.so.9', 'libcudart.so.12']
    expect(adviceOnMissing(libraries(names), 12)[0]).toMatch(/nvidia-cudnn-cu12 nvidia-cuda-runtime-cu12$/)
  })

  it('is silent on what is here, and knows one that nobody packs', () => {
    const names = neededLibraries(13)
    expect(adviceOnMissing(libraries(names, names), 13)).toEqual([])
    expect(adviceOnMissing(libraries(['libnvfoo.so.1']), 13)).toEqual([
      'libnvfoo.so.1 missing: install CUDA 13 and cuDNN 9 from NVIDIA.',
    ])
  })
})
