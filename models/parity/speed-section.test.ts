import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { defaultForm } from './graph-form.ts'
import { writeResult } from './results.ts'
import { speedSection } from './speed-section.ts'

const machine = { device: 'cuda' }
const own = defaultForm(machine)
const other = own === 'plain' ? 'fused' : 'plain'

let work: string
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'speed-section-'))
  for (const [form, stepSeconds] of [
    [other, 0.025],
    [own, 0.02],
  ] as const) {
    const smallestStepSeconds = stepSeconds / 2
    await writeResult(work, `harness-${form}`, {
      machine,
      form,
      smallestStepSeconds,
      sizes: { '64x96': { stepSeconds } },
    })
    await writeResult(work, `watch-harness-${form}`, { peakMiB: form === own ? 200 : 300 })
  }
  for (const [name, mode, stepSeconds] of [
    ['compile-reduce-overhead', 'reduce-overhead', 0.01],
    ['eager', null, 0.03],
  ] as const) {
    await writeResult(work, `diffusers-${name}`, { mode, sizes: { '64x96': { stepSeconds } } })
    await writeResult(work, `watch-diffusers-${name}`, { peakMiB: mode === null ? 400 : 500 })
  }
})
afterAll(() => rm(work, { recursive: true }))

it('has a column for each form of the graphs, the default first, beside diffusers’', async () => {
  const lines = (await speedSection(work, null)).split('\n')
  expect(lines).toContain(
    `|  | harness, ${own} graphs (its default) | harness, ${other} graphs | diffusers eager | torch.compile reduce-overhead |`,
  )
  expect(lines).toContain('| guided step 64 × 96, ms | 20.0 | 25.0 | 30.0 | 10.0 |')
  expect(lines).toContain('| guided step 64 × 64, ms | 10.0 | 12.5 | – | – |')
  expect(lines).toContain('| peak GPU memory of all of this, MiB | 200 | 300 | 400 | 500 |')
})
