import { ArgumentError, ShapeError } from './errors.ts'
import type { ConfigReader } from './config-reader.ts'
import type { TransformerInputs } from './pipeline-types.ts'
import type { Feed } from './runtime/session.ts'
import { assertShape } from './tensor.ts'

/**
 * The transformer's inputs by the names its graph gives them, but for the text, which is projected first.
 * @throws ShapeError, ArgumentError for inputs that do not fit the network or each other
 */
export function transformerFeeds(
  { hiddenStates, encoderHiddenStates, pooledProjections, timestep }: TransformerInputs,
  config: ConfigReader,
): Record<string, Feed> {
  assertShape(hiddenStates, [null, config.number('in_channels', 16), null, null], 'hiddenStates')
  const [batch, , height, width] = hiddenStates.dims
  if (batch === 0) throw new ShapeError('hiddenStates is an empty batch.', 'Pass at least one row.')
  const contextWidth = config.number('joint_attention_dim', 4096)
  assertShape(encoderHiddenStates, [batch, null, contextWidth], 'encoderHiddenStates')
  assertShape(pooledProjections, [batch, config.number('pooled_projection_dim', 2048)], 'pooledProjections')
  assertGrid({ height, width }, config)
  const timesteps = Array.isArray(timestep) ? timestep : Array<unknown>(batch).fill(timestep)
  if (timesteps.length !== batch || !timesteps.every((one): one is number => Number.isFinite(one))) {
    throw new ArgumentError(
      `timestep is ${Array.isArray(timestep) ? `[${timestep.join(', ')}]` : String(timestep)}, for a batch of ${batch}.`,
      'Pass one number for all rows, or a list with one for each, from 1000 (noise) to 0.',
    )
  }
  return {
    hidden_states: hiddenStates,
    pooled_projections: pooledProjections,
    timestep: { dims: [batch], data: Float32Array.from(timesteps) },
  }
}

/** Latents are cut into whole patches, and the table of positions has no more rows and columns than it has. */
function assertGrid(size: { height: number; width: number }, config: ConfigReader): void {
  const patchSize = config.number('patch_size', 2)
  const largest = config.number('pos_embed_max_size', 96) * patchSize
  for (const [name, value] of Object.entries(size)) {
    if (value > 0 && value <= largest && value % patchSize === 0) continue
    throw new ShapeError(
      `hiddenStates has a ${name} of ${value}.`,
      `Latents need a ${name} that is a multiple of ${patchSize}, up to ${largest}.`,
    )
  }
}
