import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

let work: string
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'parity-harness-'))
  await mkdir(join(work, 'reference'))
  for (const checkpoint of ['tiny', 'small']) {
    const stored = { name: `${checkpoint}-picture`, checkpoint, kind: 'picture', component: 'pipeline' }
    await writeFile(join(work, 'reference', `${stored.name}.json`), JSON.stringify(stored))
  }
})
afterAll(() => rm(work, { recursive: true }))

function harness(...args: string[]): Promise<{ code: unknown; stderr: string }> {
  const program = ['--import', 'tsx', join(import.meta.dirname, 'harness.ts'), ...args]
  return new Promise((done) => {
    execFile(process.execPath, program, (error, _, stderr) => done({ code: error?.code ?? 0, stderr }))
  })
}

it('names the checkpoints that have cases to whoever mistypes one', async () => {
  expect(await harness(work, '--only', 'tyni')).toEqual({
    code: 2,
    stderr:
      'There are no stored cases of tyni.\nPass some of small, tiny; the stage reference stores those of others.\n',
  })
})

it('says what makes cases where there are none, and no folder either', async () => {
  const nowhere = join(work, 'nowhere')
  expect(await harness(nowhere)).toEqual({
    code: 2,
    stderr: `There are no stored cases in ${nowhere}.\nRun the stage reference first.\n`,
  })
})
