import { createReadStream } from 'node:fs'
import { createHash } from 'node:crypto'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ArgumentError, DeviceError } from '../../errors.ts'
import { readSharedLibrary } from '../../runtime/cuda/elf.ts'
import { cudaMajorOf, providerFiles, type CudaMajor } from '../../runtime/cuda/provider.ts'
import { extractProvider } from './extract.ts'

/**
 * Puts an archive's provider beside onnxruntime-node's binding. The files get their names when both are whole, so an
 * interrupted installation leaves the old ones.
 * @returns the CUDA it was built for
 * @throws ArgumentError when the archive holds no provider for x86-64 of CUDA 12 or 13
 * @throws DeviceError when the folder cannot be written
 */
export async function installProvider(archive: string, folder: string): Promise<CudaMajor> {
  // In the same folder: a name can be given only within one file system.
  const staging = await mkdtemp(join(folder, '.cuda-')).catch((cause: NodeJS.ErrnoException) => {
    throw new DeviceError(
      `${folder} cannot be written: ${cause.code}.`,
      'Run the command as the user that ran npm ci.',
      { cause },
    )
  })
  try {
    await extractProvider(archive, staging)
    const kernels = await readSharedLibrary(join(staging, 'libonnxruntime_providers_cuda.so'))
    const cuda = kernels && cudaMajorOf(kernels.needed)
    if (!cuda) {
      const found = kernels ? kernels.needed.join(', ') : 'no x86-64 library'
      throw new ArgumentError(
        `The provider in ${archive} was built for neither CUDA 12 nor 13: it needs ${found}.`,
        "Pass an archive of onnxruntime 1.29.0's GPU build for Linux x64.",
      )
    }
    for (const name of providerFiles) await rename(join(staging, name), join(folder, name))
    return cuda
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** Removes the provider, if there is one. */
export async function removeProvider(folder: string): Promise<void> {
  for (const name of providerFiles) await rm(join(folder, name), { force: true })
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
