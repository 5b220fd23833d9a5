import { join } from 'node:path'
import { Checkpoint } from '../../harness/checkpoint/checkpoint.ts'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { memoryNeeds } from '../../harness/memory-plan.ts'
import { chooseDevice } from '../../harness/runtime/device.ts'
import { gigabytes, memoryModes, type MemoryNeeds } from '../../harness/runtime/memory-mode.ts'
import { checkpoint, workFolder } from './options.ts'
import { writeResult } from './results.ts'

const call = 'npx tsx models/parity/memory-needs.ts'
const config = {
  does: 'Stores how much memory the harness expects each memory mode to need.',
  operands: 'WORKDIR',
  options: {
    checkpoint,
    size: { type: 'string', takes: 'HxW', default: '1024x1024', does: 'of the picture, in pixels' },
  },
} as const

export interface MemoryNeedsResult {
  /** `HEIGHTxWIDTH` */
  size: string
  needs: MemoryNeeds
}

/** Stores what the harness expects each memory mode to need, for the measured peaks to be held against. */
await runCommand(async () => {
  const { values, positionals } = parseOptions(config, call)
  const work = workFolder(positionals, call, config)
  const [height, width] = values.size.split('x').map(Number)
  const checkpoint = await Checkpoint.open(join(work, 'checkpoints', values.checkpoint))
  const needs = await memoryNeeds(checkpoint, await chooseDevice(), { height, width })
  for (const mode of memoryModes) console.log(`${mode.padEnd(10)} expects ${gigabytes(needs[mode])}`)
  const result: MemoryNeedsResult = { size: values.size, needs }
  await writeResult(work, 'memory-needs', result)
})
