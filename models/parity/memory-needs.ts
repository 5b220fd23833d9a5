import { join } from 'node:path'
import { Checkpoint } from '../../harness/checkpoint/checkpoint.ts'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { ArgumentError } from '../../harness/errors.ts'
import { memoryNeeds } from '../../harness/memory-plan.ts'
import { chooseDevice } from '../../harness/runtime/device.ts'
import { gigabytes, memoryModes, type MemoryNeeds } from '../../harness/runtime/memory-mode.ts'
import { writeResult } from './results.ts'

const usage = 'npx tsx models/parity/memory-needs.ts WORKDIR [--checkpoint medium] [--size 1024x1024]'

export interface MemoryNeedsResult {
  /** `HEIGHTxWIDTH` */
  size: string
  needs: MemoryNeeds
}

/** Stores what the harness expects each memory mode to need, for the measured peaks to be held against. */
await runCommand(async () => {
  const { values, positionals } = parseOptions(
    {
      allowPositionals: true,
      options: {
        checkpoint: { type: 'string', default: 'medium' },
        size: { type: 'string', default: '1024x1024' },
      },
    },
    usage,
  )
  const [work] = positionals
  if (!work) throw new ArgumentError('There is no WORKDIR.', `Usage: ${usage}`)
  const [height, width] = values.size.split('x').map(Number)
  const checkpoint = await Checkpoint.open(join(work, 'checkpoints', values.checkpoint))
  const needs = await memoryNeeds(checkpoint, await chooseDevice(), { height, width })
  for (const mode of memoryModes) console.log(`${mode.padEnd(10)} expects ${gigabytes(needs[mode])}`)
  const result: MemoryNeedsResult = { size: values.size, needs }
  await writeResult(work, 'memory-needs', result)
})
