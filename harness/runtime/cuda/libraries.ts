import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

type Environment = Record<string, string | undefined>

/** Where a library was found. */
export interface FoundLibrary {
  name: string
  /** null where it is nowhere. */
  path: string | null
  /** Whether the system's loader finds it by itself; otherwise it must be loaded by its path beforehand. */
  visible: boolean
}

export interface SearchPlaces {
  /** Folders that the loader looks into. */
  loader: string[]
  /** The loader's cache: paths by name. */
  cache: ReadonlyMap<string, string>
  /** Folders it does not look into: those of pip's wheels, conda and CUDA's own installer. */
  others: string[]
}

/** Looks for libraries by the names that others need them by, such as `libcublas.so.13`. */
export function findLibraries(names: readonly string[], places: SearchPlaces): FoundLibrary[] {
  const within = (folders: string[], name: string) =>
    folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
  return names.map((name) => {
    const seen = within(places.loader, name) ?? places.cache.get(name)
    const path = seen ?? within(places.others, name) ?? null
    return { name, path, visible: seen !== undefined }
  })
}

/**
 * The places of this machine. Beside the loader's own: `nvidia/<package>/lib` of the Python environments that are active
 * (VIRTUAL_ENV, CONDA_PREFIX), in this folder (`.venv`), the user's and the system's; and CUDA's folders.
 */
export async function searchPlaces(
  env: Environment = process.env,
  cwd = process.cwd(),
): Promise<SearchPlaces> {
  const environments = [
    env.VIRTUAL_ENV,
    env.CONDA_PREFIX,
    join(cwd, '.venv'),
    join(homedir(), '.local'),
    '/usr/local',
    '/usr',
  ]
  const pip = await expand(
    environments.filter((folder) => folder !== undefined),
    [/^lib(64)?$/, /^python3/, /^(site|dist)-packages$/, /^nvidia$/, /./, /^lib$/],
  )
  const toolkits = [env.CUDA_HOME, env.CUDA_PATH, ...(await expand(['/usr/local'], [/^cuda/]))]
  const cuda = toolkits
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [join(folder, 'lib64'), join(folder, 'targets/x86_64-linux/lib')])
  return {
    loader: [
      ...(env.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== ''),
      ...['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib64', '/usr/lib64', '/usr/lib'],
    ],
    cache: await loaderCache(),
    others: [
      ...pip,
      ...(env.CONDA_PREFIX ? [join(env.CONDA_PREFIX, 'lib')] : []),
      ...cuda,
      '/usr/lib/wsl/lib',
    ],
  }
}

/** Reads lines such as `libcudart.so.13 (libc6,x86-64) => /usr/local/cuda/lib64/libcudart.so.13`. */
export function parseLoaderCache(text: string): Map<string, string> {
  const lines = text.matchAll(/^\s*(\S+) \(([^)]*x86-64[^)]*)\) => (\S.*)$/gm)
  const paths = new Map<string, string>()
  for (const [, name, , path] of lines) if (!paths.has(name)) paths.set(name, path)
  return paths
}

async function loaderCache(): Promise<Map<string, string>> {
  for (const command of ['ldconfig', '/sbin/ldconfig']) {
    try {
      return parseLoaderCache((await run(command, ['-p'], { maxBuffer: 2 ** 24 })).stdout)
    } catch {
      continue
    }
  }
  return new Map()
}

/** The folders below that match one pattern at each depth, in the order of their names. */
async function expand(folders: string[], patterns: RegExp[]): Promise<string[]> {
  let found = folders
  for (const pattern of patterns) {
    const deeper = found.map(async (folder) => {
      const names = await readdir(folder).catch(() => [])
      return names
        .filter((name) => pattern.test(name))
        .sort()
        .map((name) => join(folder, name))
    })
    found = (await Promise.all(deeper)).flat()
  }
  return found
}
