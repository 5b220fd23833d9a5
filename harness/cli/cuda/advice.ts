import type { FoundLibrary } from '../../runtime/cuda/libraries.ts'
import type { CudaMajor } from '../../runtime/cuda/provider.ts'

/** pip's package of each library, by CUDA; NVIDIA dropped the suffix of most with 13. */
const packages: Record<string, (cuda: CudaMajor) => string> = {
  libcudart: (cuda) => suffixed('nvidia-cuda-runtime', cuda),
  libcublas: (cuda) => suffixed('nvidia-cublas', cuda),
  libcublasLt: (cuda) => suffixed('nvidia-cublas', cuda),
  libcurand: (cuda) => suffixed('nvidia-curand', cuda),
  libcufft: (cuda) => suffixed('nvidia-cufft', cuda),
  libnvrtc: (cuda) => suffixed('nvidia-cuda-nvrtc', cuda),
  libcudnn: (cuda) => `nvidia-cudnn-cu${cuda}`,
}

function suffixed(name: string, cuda: CudaMajor): string {
  return cuda === 12 ? `${name}-cu12` : name
}

/**
 * What to do about libraries that are nowhere; nothing where none is. The environment `.venv` beside package.json needs
 * not be active: libraries are looked for there.
 */
export function adviceOnMissing(libraries: readonly FoundLibrary[], cuda: CudaMajor): string[] {
  const missing = libraries.filter(({ path }) => path === null).map(({ name }) => name)
  const advice: string[] = []
  if (missing.includes('libcuda.so.1')) {
    advice.push(
      "libcuda.so.1 is missing: it comes with NVIDIA's driver; in a container start it with --gpus all.",
    )
  }
  const names = missing.flatMap((name) => packages[name.split('.')[0]]?.(cuda) ?? [])
  const installable = missing.filter((name) => packages[name.split('.')[0]])
  if (names.length > 0) {
    advice.push(
      `${installable.join(', ')} ${installable.length === 1 ? 'is' : 'are'} missing: python3 -m venv .venv && .venv/bin/pip install ${[...new Set(names)].join(' ')}`,
    )
  }
  const others = missing.filter((name) => name !== 'libcuda.so.1' && !installable.includes(name))
  if (others.length > 0)
    advice.push(`${others.join(', ')} missing: install CUDA ${cuda} and cuDNN 9 from NVIDIA.`)
  return advice
}
