import { ArgumentError } from '../../errors.ts'
import type { ComputeType } from '../../graph/data-type.ts'

/** A transformer below this runs in float32: it is fast all the same, and a seed's picture is then the CPU's. */
const SMALL = 500e6

/**
 * What CUDA computes in. Half precision's rounding grows over guided steps: of sd3-nano, 28 of them moved a channel by
 * up to 13 of 255 levels, nearly all of it the transformer's doing. SD3 Medium would take twice the memory in float32,
 * and several times as long.
 * @param parameters of the transformer
 * @param asked default: the environment variable SD3_DTYPE
 * @throws ArgumentError for any type but float16 and float32
 */
export function cudaComputeType(parameters: number, asked = process.env.SD3_DTYPE): ComputeType {
  if (!asked) return parameters < SMALL ? 'float32' : 'float16'
  if (asked === 'float16' || asked === 'float32') return asked
  throw new ArgumentError(`There is no compute type "${asked}".`, 'Set SD3_DTYPE to float16 or float32.')
}
