import { join } from 'node:path'
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

/** A checkpoint in diffusers' folder layout: `model_index.json` and a folder for each component it names. */
export class Checkpoint {
  readonly folder: string
  private readonly index: Record<string, unknown>

  /** @throws CheckpointError when the folder is no diffusers checkpoint, UnsupportedError when it is no SD3 */
  static async open(folder: string): Promise<Checkpoint> {
    const index = await readJsonObject(join(folder, 'model_index.json'))
    if (index._class_name !== 'StableDiffusion3Pipeline') {
      throw new UnsupportedError(
        `${join(folder, 'model_index.json')} names the pipeline ${JSON.stringify(index._class_name)}.`,
        'This harness runs StableDiffusion3Pipeline checkpoints.',
      )
    }
    return new Checkpoint(folder, index)
  }

  private constructor(folder: string, index: Record<string, unknown>) {
    this.folder = folder
    this.index = index
  }

  /** The component, or null when the checkpoint was saved without it. */
  async component(name: string): Promise<CheckpointComponent | null> {
    const entry = this.index[name]
    if (!Array.isArray(entry) || typeof entry[1] !== 'string') return null
    const folder = join(this.folder, name)
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
    return readJsonObject(join(this.folder, 'scheduler', 'scheduler_config.json'))
  }
}
