import { constants } from 'node:os'
import { join } from 'node:path'
import { searchPlaces, type FoundLibrary } from './libraries.ts'
import { bindingFolder, providerFiles, readProvider } from './provider.ts'

/** glibc's dlfcn.h: the library stays although Node closes what is no addon. */
const RTLD_NODELETE = 0x1000

/** Lower first: a library finds what it needs among those that are loaded. */
const ORDER = ['cudart', 'nvJitLink', 'nvrtc', 'cublasLt', 'cublas', 'curand', 'cufft', 'cudnn']

let done: Promise<void> | undefined

/**
 * Loads CUDA's libraries by their paths where the system's loader would not find them, as in pip's wheels: glibc gives
 * whoever asks for a name the library of that name that is loaded already. So nobody need set LD_LIBRARY_PATH, which is
 * read when a process starts. Once a process; does nothing without an installed provider.
 */
export function preloadCuda(): Promise<void> {
  return (done ??= preload())
}

async function preload(): Promise<void> {
  const folder = bindingFolder()
  const provider = folder && (await readProvider(folder, await searchPlaces()))
  if (!provider) return
  for (const path of pathsToLoad(provider.libraries)) loadLibrary(path)
}

/** The paths of what the loader would not find, lower libraries first. */
export function pathsToLoad(libraries: readonly FoundLibrary[]): string[] {
  const rank = ({ name }: FoundLibrary) => ORDER.findIndex((stem) => name.startsWith(`lib${stem}.`))
  return [...libraries]
    .filter(({ path, visible }) => path !== null && !visible)
    .sort((a, b) => rank(a) - rank(b))
    .map(({ path }) => path!)
}

/**
 * Loads a shared library for good.
 * @returns what the loader says against it, or null
 */
export function loadLibrary(path: string): string | null {
  const { RTLD_NOW } = constants.dlopen
  try {
    process.dlopen({ exports: {} }, path, RTLD_NOW | RTLD_NODELETE)
    return null
  } catch (error) {
    // Loaded, and no addon: that is what was wanted.
    const { message } = error as Error
    return /did not self-register/.test(message) ? null : message.split('\n')[0]
  }
}

/** Why the provider does not load, as far as can be seen: not installed, or what the loader says of it. */
export async function explainCuda(): Promise<string> {
  const folder = bindingFolder()
  if (!folder) return `onnxruntime-node has no CUDA on ${process.platform} ${process.arch}`
  const provider = await readProvider(folder, await searchPlaces())
  if (!provider) return 'the CUDA provider is not installed; npm run cuda installs it'
  const missing = provider.libraries.filter(({ path }) => path === null).map(({ name }) => name)
  // onnxruntime opens cuDNN itself, and the loader names but the first of the others.
  if (missing.length > 0) return `${missing.join(', ')} cannot be found; npm run cuda says what to install`
  return loadLibrary(join(folder, providerFiles[1])) ?? 'onnxruntime refuses the provider'
}
