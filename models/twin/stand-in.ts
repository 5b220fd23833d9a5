import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'

const NANO = resolve(import.meta.dirname, '../sd3-nano')

/**
 * Writes a folder shaped like the DDPM twin's, for tests: the weights are those of sd3-nano, which predict velocities, so
 * that its pictures show nothing.
 */
export async function writeStandIn(folder: string): Promise<void> {
  const scheduler = {
    _class_name: 'DDPMScheduler',
    num_train_timesteps: 1000,
    beta_schedule: 'scaled_linear',
    beta_start: 0.00085,
    beta_end: 0.012,
    prediction_type: 'epsilon',
    variance_type: 'fixed_small',
    clip_sample: false,
    timestep_spacing: 'trailing',
  }
  const index = {
    _class_name: 'StableDiffusion3Pipeline',
    _base: relative(folder, NANO),
    scheduler: ['diffusers', 'DDPMScheduler'],
    transformer: ['diffusers', 'SD3Transformer2DModel'],
  }
  await mkdir(join(folder, 'scheduler'), { recursive: true })
  await cp(join(NANO, 'transformer'), join(folder, 'transformer'), { recursive: true })
  await writeFile(join(folder, 'scheduler', 'scheduler_config.json'), JSON.stringify(scheduler, null, 2))
  await writeFile(join(folder, 'model_index.json'), JSON.stringify(index, null, 2))
}
