import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ArgumentError, manifestHash } from '#harness'

/**
 * Two models are twins when both read the same text and are decoded alike: the DDPM checkpoint must take its encoders
 * and its autoencoder from the very model it is held against.
 * @throws ArgumentError when it has none of another, or another's
 */
export async function checkTwins(model: string, twin: string): Promise<void> {
  const index = JSON.parse(await readFile(join(twin, 'model_index.json'), 'utf8')) as {
    _base?: unknown
    scheduler?: unknown[]
  }
  const scheduler = String(index.scheduler?.[1])
  if (scheduler !== 'DDPMScheduler')
    throw new ArgumentError(`${twin} has the scheduler ${scheduler}.`, 'Pass a DDPM checkpoint to --twin.')
  const base = typeof index._base === 'string' ? resolve(twin, index._base) : null
  if (base !== null && (await manifestHash(base)) === (await manifestHash(model))) return
  throw new ArgumentError(
    `${twin} was trained with the text encoders and the autoencoder of ${base ?? 'no other checkpoint'}, not with those of ${model}.`,
    'Hold it against its own: SD3_MODEL=WORK/sd3-nano npm run twin -- --twin WORK/ddpm-twin.',
  )
}
