import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CheckpointError } from '../errors.ts'
import { cachedModel, hubCache, snapshotOf } from './hub-cache.ts'

/** The repository's models/ folder. */
export const modelsFolder = fileURLToPath(new URL('../../models/', import.meta.url))
/** Where `npm run models -- pull` puts what it downloads; git ignores it. */
export const pulledFolder = join(modelsFolder, 'pulled')

const DIFFUSERS_LAYOUT =
  'This harness reads diffusers layout, a folder with model_index.json: npm run models -- pull sd3-medium fetches it.'

/**
 * The folder of a checkpoint in diffusers layout.
 * @param model a path; a name under models/pulled/ or models/; a folder of Hugging Face's download cache; or
 * `owner/name` in that cache. Paths are taken first for what holds a separator, names first for what does not.
 * @throws CheckpointError when there is no such folder, or it has another layout
 */
export function locateCheckpoint(model: string, folders = [pulledFolder, modelsFolder]): string {
  const name = /[/\\]/.test(model) ? null : model
  // While a download is under way its model_index.json is missing.
  const named = folders.map((folder) => join(folder, name ?? '')).find(isDiffusers)
  if (name !== null && named !== undefined) {
    if (hasWeights(named)) return named
    throw new CheckpointError(
      `${named} holds the configs of ${name} and no weights.`,
      `npm run models -- pull ${name} downloads them.`,
    )
  }
  const path = resolve(model)
  if (existsSync(path)) return diffusersFolder(path)
  const isRepository = /^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(model)
  if (!isRepository) {
    throw new CheckpointError(
      `There is no checkpoint ${model}.`,
      'Set SD3_MODEL to a name that npm run models -- list prints, or to the path of a checkpoint folder.',
    )
  }
  const cached = cachedModel(model)
  if (cached !== null) return cached
  throw new CheckpointError(
    `There is neither a folder ${model} nor a model of that name in ${hubCache()}.`,
    `Download it with npm run models -- pull ${model}, or set SD3_MODEL to the path of a checkpoint folder.`,
  )
}

function isDiffusers(folder: string): boolean {
  return existsSync(join(folder, 'model_index.json'))
}

/** Whether the part that no pipeline lacks is there. */
function hasWeights(folder: string): boolean {
  const transformer = join(folder, 'transformer')
  return existsSync(transformer) && readdirSync(transformer).some((file) => file.endsWith('.safetensors'))
}

/** The folder itself, or the snapshot in it when it is a repository of the download cache. */
function diffusersFolder(place: string): string {
  if (!statSync(place).isDirectory()) {
    if (basename(place) === 'model_index.json') return resolve(place, '..')
    throw new CheckpointError(`${place} is a file, such as single-file checkpoints are.`, DIFFUSERS_LAYOUT)
  }
  if (isDiffusers(place)) return place
  const snapshot = snapshotOf(place)
  if (snapshot !== null) return snapshot
  const file = readdirSync(place).find((name) => /\.(safetensors|ckpt|gguf)$/.test(name))
  throw new CheckpointError(
    file === undefined
      ? `There is no ${join(place, 'model_index.json')}.`
      : `${place} holds ${file} but no model_index.json: that is the single-file layout.`,
    DIFFUSERS_LAYOUT,
  )
}
