import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Checkpoint } from '../../harness/checkpoint/checkpoint.ts'
import { memoryNeeds } from '../../harness/memory-plan.ts'
import { devices } from '../../harness/runtime/device.ts'
import { memoryModes } from '../../harness/runtime/memory-mode.ts'
import { memorySection } from './memory-section.ts'
import { writeResult } from './results.ts'

const medium = join(import.meta.dirname, '../sd3-medium')

let work: string
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'memory-section-'))
})
afterAll(() => rm(work, { recursive: true }))

it('says that nothing was measured, or what each mode took beside what the harness expects at that size', async () => {
  await writeResult(work, 'memory-resident', { peakMiB: 23532, pictureSeconds: 16.5 })
  expect(await memorySection(work, medium)).toContain('Not measured')
  const size = { height: 512, width: 768 }
  const sizes = { '64x64': {}, '512x768': {} }
  await writeResult(work, 'harness-plain', { device: devices.cuda, sizes })
  const needs = await memoryNeeds(await Checkpoint.open(medium), devices.cuda, size)
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0)
  const section = await memorySection(work, medium)
  expect(section).toContain('One picture of 512 × 768')
  expect(section).toContain(`| resident | ${mebibytes(needs.resident)} | 23532 | 16.5 |`)
  expect(section).toContain(`| small | ${mebibytes(needs.small)} | – | – |`)
})

it('no mode took more on a GPU than the harness expects, and none much less', async () => {
  const needs = await memoryNeeds(await Checkpoint.open(medium), devices.cuda)
  const benchmarks = await readFile(join(import.meta.dirname, 'BENCHMARKS.md'), 'utf8')
  for (const mode of memoryModes) {
    const [, measured] = new RegExp(`^\\| ${mode} \\| \\d+ \\| (\\d+) \\|`, 'm').exec(benchmarks) ?? []
    const peak = Number(measured) * 2 ** 20
    expect(peak, mode).toBeLessThanOrEqual(needs[mode])
    expect(peak, mode).toBeGreaterThan(0.9 * needs[mode])
  }
})
