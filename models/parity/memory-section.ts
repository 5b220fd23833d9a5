import { Checkpoint } from '../../harness/checkpoint/checkpoint.ts'
import { memoryNeeds } from '../../harness/memory-plan.ts'
import { memoryModes } from '../../harness/runtime/memory-mode.ts'
import type { BenchResult } from './bench.ts'
import { missing, number, table } from './cells.ts'
import { readResult, readResults } from './results.ts'
import type { WatchResult } from './watch.ts'

/**
 * What each memory mode took, beside what the harness' plan says of it today.
 * @param folder of the checkpoint; its configs are read, no weights
 */
export async function memorySection(work: string, folder: string): Promise<string> {
  const watched = await Promise.all(
    memoryModes.map((mode) => readResult<WatchResult>(work, `memory-${mode}`)),
  )
  const [harness] = await readResults<BenchResult>(work, 'harness-')
  if (!harness || watched.every((watch) => watch === null)) return missing('Memory modes', 'harness memory')
  const size = Object.keys(harness.sizes).at(-1)!
  const [height, width] = size.split('x').map(Number)
  const needs = await memoryNeeds(await Checkpoint.open(folder), harness.device, { height, width })
  const rows = memoryModes.map((mode, i) => [
    mode,
    (needs[mode] / 2 ** 20).toFixed(0),
    number(watched[i]?.peakMiB ?? undefined, 0),
    number(watched[i]?.pictureSeconds ?? undefined, 1),
  ])
  const header = ['mode', 'expected, MiB', 'peak GPU memory, MiB', 'process start to first picture, s']
  return [
    '## Memory modes',
    `One picture of ${size.replace('x', ' × ')} in a fresh process.`,
    table(header, rows),
  ].join('\n\n')
}
