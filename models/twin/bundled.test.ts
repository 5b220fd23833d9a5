import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describePipeline } from '#harness'
import { readManifest } from '../../harness/checkpoint/manifest.ts'
import { verifyModel } from '../../harness/cli/models/verify.ts'
import { checkTwins } from './check-twins.ts'

const [NANO, TWIN] = ['models/sd3-nano', 'models/ddpm-twin']
const MOST_BYTES = 24e6

it('the bundled twin is sd3-nano’s, whole and unchanged', async () => {
  await expect(checkTwins(NANO, TWIN)).resolves.toBeUndefined()
  expect(await verifyModel(TWIN)).toBe(0)
})

it('its transformer has the same parameters', async () => {
  const [nano, twin] = await Promise.all([NANO, TWIN].map(describePipeline))
  expect(twin.transformer.parameters).toEqual(nano.transformer.parameters)
  expect(twin.scheduler.className).toBe('DDPMScheduler')
})

it('its folder takes 24 MB at most, and holds what its manifest names', async () => {
  const entries = await readdir(TWIN, { recursive: true, withFileTypes: true })
  const files = entries.filter((one) => one.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size))
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(MOST_BYTES)
  expect(files).toHaveLength(Object.keys((await readManifest(TWIN)).files).length + 1)
})
