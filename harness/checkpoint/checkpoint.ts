import { join, resolve } from 'node:path'
import { CheckpointError, UnsupportedError } from '../errors.ts'
import { ConfigReader } from '../config-reader.ts'
import { readJsonObject } from './json-object.ts'

/** A component of a checkpoint: where it lies, its class and its config. */
export interface CheckpointComponent {
  /** diffusers' name, e.g. `text_encoder_3`; also the folder's. */
  name: string
  folder: string
  className: string
  config: ConfigReader
}

/**
 * A checkpoint in diffusers' folder layout: `model_index.json` and a folder for each component it names. A model that was
 * trained beside another may name its folder as `_base` (`"../sd3-nano"`): what it does not name itself is taken from there.
 */
export class Checkpoint {
  readonly folder: string
  private readonly index: Record<string, unknown>
  private readonly base: Checkpoint | null

  /** @throws CheckpointError when the folder is no diffusers checkpoint, UnsupportedError when it is no SD3 */
  static async open(folder: string): Promise<Checkpoint> {
    const index = await readJsonObject(join(folder, 'model_index.json'))
    if (index._class_name !== 'StableDiffusion3Pipeline') {
      throw new UnsupportedError(
        `${join(folder, 'model_index.json')} names the pipeline ${JSON.stringify(index._class_name)}.`,
        'This harness runs StableDiffusion3Pipeline checkpoints.',
      )
    }
    const { _base } = index
    if (_base === undefined) return new Checkpoint(folder, index, null)
    if (typeof _base !== 'string') throw badBase(folder, `gives "_base" as ${JSON.stringify(_base)}`)
    const base = await readJsonObject(join(folder, _base, 'model_index.json'))
    if (base._base !== undefined) throw badBase(folder, `names the base ${_base}, which has a base itself`)
    return new Checkpoint(folder, index, await Checkpoint.open(resolve(folder, _base)))
  }

  private constructor(folder: string, index: Record<string, unknown>, base: Checkpoint | null) {
    this.folder = folder
    this.index = index
    this.base = base
  }

  /** Where a part lies, such as `tokenizer_2`: here, or in the base where only that has it. */
  folderOf(name: string): string {
    return this.base && !(name in this.index) ? this.base.folderOf(name) : join(this.folder, name)
  }

  /** The component, or null when the checkpoint was saved without it. */
  async component(name: string): Promise<CheckpointComponent | null> {
    if (this.base && !(name in this.index)) return this.base.component(name)
    const entry = this.index[name]
    if (!Array.isArray(entry) || typeof entry[1] !== 'string') return null
    const folder = this.folderOf(name)
    const path = join(folder, 'config.json')
    return { name, folder, className: entry[1], config: new ConfigReader(await readJsonObject(path), path) }
  }

  /** @throws CheckpointError when the checkpoint was saved without it */
  async required(name: string): Promise<CheckpointComponent> {
    const component = await this.component(name)
    if (component) return component
    throw new CheckpointError(
      `${join(this.folder, 'model_index.json')} has no ${name}.`,
      'Stable Diffusion 3 cannot run without it: restore the checkpoint.',
    )
  }

  async schedulerConfig(): Promise<Record<string, unknown>> {
    return readJsonObject(join(this.folderOf('scheduler'), 'scheduler_config.json'))
  }
}

function badBase(folder: string, problem: string): CheckpointError {
  return new CheckpointError(
    `${join(folder, 'model_index.json')} ${problem}.`,
    'Name the folder of a whole checkpoint, relative to this one, such as "../sd3-nano".',
  )
}
