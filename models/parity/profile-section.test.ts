import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { profileSection } from './profile-section.ts'
import { writeResult } from './results.ts'

let work: string
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'profile-section-'))
})
afterAll(() => rm(work, { recursive: true }))

const operators = [
  { name: 'FusedMatMul', milliseconds: 3, count: 5 },
  { name: 'Add', milliseconds: 2, count: 7 },
  { name: 'MultiHeadAttention', milliseconds: 1.5, count: 2 },
]
const totals = (stepMilliseconds: number, operatorMilliseconds: number) => ({
  ...{ stepMilliseconds, operatorMilliseconds, operators },
  nodes: [],
  providers: [],
})

it('sets the arithmetic of any graph against the whole step of a compiler', async () => {
  expect(await profileSection(work)).toContain('Not measured')
  await writeResult(work, 'profile', { blocking: false, form: 'fused', sizes: { '64x96': totals(5, 4) } })
  expect(await profileSection(work)).not.toContain('alone take')
  await writeResult(work, 'profile-blocking', {
    ...{ blocking: true, form: 'fused', sizes: { '64x96': totals(8, 6.5) } },
  })
  await writeResult(work, 'diffusers-eager', { mode: null, sizes: { '64x96': { stepSeconds: 0.009 } } })
  await writeResult(work, 'diffusers-compile-x', { mode: 'x', sizes: { '64x96': { stepSeconds: 0.004 } } })
  const section = await profileSection(work)
  expect(section).toContain('profile of the fused graphs with CUDA_LAUNCH_BLOCKING=1')
  expect(section).toContain('### 64 × 96: 8.0 ms a step')
  expect(section).toContain(
    '6.5 ms in operators. Without waiting: 5.0 ms, of which the host spends 4.0 ms launching operators and waiting for ' +
      'copies. 14 operators run; matrix products, attention and convolution alone take 4.5 ms, a whole step of ' +
      'torch.compile x takes 4.0 ms.',
  )
  expect(section).toContain('| Add | 7 | 2.00 | 31 % |')
})
