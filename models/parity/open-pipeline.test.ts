import { afterEach, expect, it, vi } from 'vitest'
import { modelsFolder } from '../../harness/cli/model-folder.ts'
import { openPipeline } from './open-pipeline.ts'

afterEach(() => vi.unstubAllEnvs())

it('opens on the device that was asked for, and asks for one where the choice was left open', async () => {
  const folder = `${modelsFolder}sd3-nano`
  vi.stubEnv('SD3_DEVICE', 'auto')
  await expect(openPipeline(folder)).rejects.toThrow('SD3_DEVICE is auto')
  vi.stubEnv('SD3_DEVICE', 'cpu')
  const pipe = await openPipeline(folder)
  expect(pipe.device.name).toBe('cpu')
  await pipe.release()
})
