import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { readSharedLibrary } from './elf.ts'
import { findLibraries, type FoundLibrary, type SearchPlaces } from './libraries.ts'

/** The files of onnxruntime's CUDA provider, the one that holds the kernels last. */
export const providerFiles = [
  'libonnxruntime_providers_shared.so',
  'libonnxruntime_providers_cuda.so',
] as const

/** The builds there are, by the CUDA they were compiled for. */
export type CudaMajor = 12 | 13

export interface Provider {
  folder: string
  cuda: CudaMajor
  /** Every library it needs, cuDNN included, which it opens itself when it meets the first convolution. */
  libraries: FoundLibrary[]
}

/** The folder that onnxruntime-node's binding lies in and looks for providers in; null where it has none for CUDA. */
export function bindingFolder(platform = process.platform, arch = process.arch): string | null {
  if (platform !== 'linux' || arch !== 'x64') return null
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
  return join(root, 'bin/napi-v6/linux/x64')
}

/** What a build needs, before it is there: the names that 1.29.0's file for CUDA 13 lists, with the major in place. */
export function neededLibraries(cuda: CudaMajor): string[] {
  const versioned = ['libcudart', 'libcublasLt', 'libcublas'].map((name) => `${name}.so.${cuda}`)
  return ['libcuda.so.1', ...versioned, 'libcurand.so.10', 'libcudnn.so.9']
}

/**
 * Reads what is installed without loading it.
 * @returns null when a file is missing or is no library
 */
export async function readProvider(folder: string, places: SearchPlaces): Promise<Provider | null> {
  for (const name of providerFiles) {
    const info = await stat(join(folder, name)).catch(() => null)
    if (!info?.isFile()) return null
  }
  const kernels = await readSharedLibrary(join(folder, providerFiles[1]))
  const cuda = kernels && cudaMajorOf(kernels.needed)
  if (!cuda) return null
  const cudaNames = kernels.needed.filter((name) => /^lib(cu|nv)/.test(name))
  const names = [...new Set([...cudaNames, 'libcudnn.so.9'])]
  return { folder, cuda, libraries: findLibraries(names, places) }
}

/** The CUDA that a library was linked with, by its `libcudart.so.<major>`; null for another than there are builds of. */
export function cudaMajorOf(needed: readonly string[]): CudaMajor | null {
  const major = needed
    .map((name) => /^libcudart\.so\.(\d+)/.exec(name)?.[1])
    .find((found) => found !== undefined)
  return major === '12' ? 12 : major === '13' ? 13 : null
}
