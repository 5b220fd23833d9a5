import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { GpuMemory, visibleGpu } from './gpu-memory.ts'

/**
 * Stands in for nvidia-smi on several cards. Of card N it says at first that 500 + 1000 N MiB are in use, by a process 7N
 * that holds 100 + 1000 N of them; once there is a file `started`, that a process 8N has come with 400 + 1000 N.
 */
const script = `#!/usr/bin/env bash
for argument; do case $argument in --id=*) card=\${argument#--id=} ;; esac; done
case $1 in
  --query-gpu=*) echo $((500 + card * 1000)) ;;
  *) echo "7$card, $((100 + card * 1000))" ;;
esac
while [[ ! -e $(dirname "$0")/started ]]; do sleep 0.02; done
case $1 in
  --query-gpu=*) echo $((900 + card * 1000)) ;;
  *) echo "8$card, $((400 + card * 1000))" ;;
esac
exec sleep 5 # in the shell's place: what ends the shell ends it too
`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gpu-memory-'))
  await writeFile(join(folder, 'nvidia-smi'), script)
  await chmod(join(folder, 'nvidia-smi'), 0o755)
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => {
  vi.unstubAllEnvs()
})

it.skipIf(process.platform === 'win32')(
  'reads the card that CUDA programs started here see first',
  async () => {
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`)
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '1,0')
    const memory = await GpuMemory.watch()
    try {
      await writeFile(join(folder, 'started'), '')
      await vi.waitFor(() => expect(memory.peak()).toEqual({ peakMiB: 1400, method: 'process' }), 4000)
      expect(memory.stop()).toEqual({ peakMiB: 1400, method: 'process' })
    } finally {
      memory.stop()
    }
  },
)

it('names a card by its number or UUID, the first of all without CUDA_VISIBLE_DEVICES', () => {
  vi.stubEnv('CUDA_VISIBLE_DEVICES', undefined)
  expect([visibleGpu('3,1'), visibleGpu('GPU-8f1c'), visibleGpu(undefined), visibleGpu('')]).toEqual([
    '--id=3',
    '--id=GPU-8f1c',
    '--id=0',
    '--id=0',
  ])
})
