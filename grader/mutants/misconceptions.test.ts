import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { exercises } from '#grader/manifest/index.ts'
import { misconceptions, misconceptionTable } from './misconceptions.ts'

it('the table for instructors is up to date; npm run misconceptions writes it', async () => {
  expect(await readFile('grader/mutants/README.md', 'utf8')).toBe(await misconceptionTable())
})

it('every exercise recognises at least twenty', async () => {
  const all = await misconceptions()
  for (const { title } of exercises)
    expect(all.filter(({ exercise }) => exercise === title).length, title).toBeGreaterThanOrEqual(20)
})
