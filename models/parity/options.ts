import { usageLine, type CommandConfig, type DescribedOption } from '../../harness/cli/usage.ts'
import { ArgumentError } from '../../harness/errors.ts'

/** Which of WORKDIR's checkpoints is measured. */
export const checkpoint = {
  type: 'string',
  takes: 'NAME',
  default: 'medium',
  does: 'its folder in WORKDIR/checkpoints',
} as const satisfies DescribedOption

/** At which sizes. */
export const sizes = {
  type: 'string',
  takes: 'HxW,…',
  default: '512x512,1024x1024',
  does: 'of the pictures, in pixels',
} as const satisfies DescribedOption

/**
 * The WORKDIR that a command of the comparison was given.
 * @throws ArgumentError without one, or when more came
 */
export function workFolder(operands: readonly string[], call: string, config: CommandConfig): string {
  const [work, more] = operands
  if (work && more === undefined) return work
  const problem = work ? `"${more}" came beside the WORKDIR.` : 'There is no WORKDIR.'
  throw new ArgumentError(problem, `Usage: ${usageLine(call, config)}`)
}
