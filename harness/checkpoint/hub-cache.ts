import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'

type Environment = Record<string, string | undefined>

/** Where Hugging Face's tools keep their token and cache. Source: huggingface_hub `constants.py`. */
export function hubHome(env: Environment = process.env): string {
  const cache = env.XDG_CACHE_HOME ? expand(env.XDG_CACHE_HOME, env) : join(homedir(), '.cache')
  return env.HF_HOME ? expand(env.HF_HOME, env) : join(cache, 'huggingface')
}

/** The folder of Hugging Face's download cache. */
export function hubCache(env: Environment = process.env): string {
  const named = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE
  return named ? expand(named, env) : join(hubHome(env), 'hub')
}

/** The models in the cache: `owner/name` and the folder of the snapshot to use. */
export function cachedModels(env: Environment = process.env): { repository: string; folder: string }[] {
  const cache = hubCache(env)
  return list(cache).flatMap((entry) => {
    const repository = /^models--(.+)$/.exec(entry)?.[1].replaceAll('--', '/')
    const folder = repository && snapshotOf(join(cache, entry))
    return folder ? [{ repository, folder }] : []
  })
}

/** The snapshot of `owner/name` that the cache holds, or null. */
export function cachedModel(repository: string, env: Environment = process.env): string | null {
  return snapshotOf(join(hubCache(env), `models--${repository.replaceAll('/', '--')}`))
}

/**
 * Of a cached repository (`models--owner--name`, which holds blobs, refs and snapshots) the snapshot to use: the one
 * that the branch `main` stood at when it was fetched, else the youngest. Null when the folder is no such thing.
 */
export function snapshotOf(folder: string): string | null {
  const snapshots = join(folder, 'snapshots')
  const main = join(folder, 'refs', 'main')
  if (existsSync(main)) {
    // A name with a separator in it would lead out of the cache.
    const current = join(snapshots, basename(readFileSync(main, 'utf8').trim()))
    if (existsSync(join(current, 'model_index.json'))) return current
  }
  const others = list(snapshots)
    .map((name) => join(snapshots, name))
    .filter((path) => existsSync(join(path, 'model_index.json')))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  return others[0] ?? null
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : []
}

/** A path from the environment, whose `~` and variables the shell may have left to the tools. */
function expand(path: string, env: Environment): string {
  return path
    .replace(/^~(?=$|[/\\])/, homedir())
    .replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, plain?: string) => {
      return env[(braced ?? plain)!] ?? whole
    })
}
