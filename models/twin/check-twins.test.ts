import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkTwins } from './check-twins.ts'

let work: string
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'twins-'))
})
afterAll(() => rm(work, { recursive: true }))

async function folder(name: string, files: Record<string, unknown>): Promise<string> {
  await mkdir(join(work, name), { recursive: true })
  for (const [file, content] of Object.entries(files))
    await writeFile(join(work, name, file), JSON.stringify(content))
  return join(work, name)
}
const ddpm = { scheduler: ['diffusers', 'DDPMScheduler'] }

it('a DDPM checkpoint on the model it is held against is its twin, wherever that lies', async () => {
  const model = await folder('nano', { 'manifest.json': { files: { weights: 1 } } })
  await folder('copy', { 'manifest.json': { files: { weights: 1 } } })
  for (const base of ['nano', 'copy']) {
    const twin = await folder(`on-${base}`, { 'model_index.json': { ...ddpm, _base: `../${base}` } })
    await expect(checkTwins(model, twin)).resolves.toBeUndefined()
  }
})

it('one with the text encoders of another model is refused', async () => {
  const model = await folder('nano', { 'manifest.json': { files: { weights: 1 } } })
  await folder('other', { 'manifest.json': { files: { weights: 2 } } })
  const strange = await folder('strange', { 'model_index.json': { ...ddpm, _base: '../other' } })
  const alone = await folder('alone', { 'model_index.json': ddpm })
  await expect(checkTwins(model, strange)).rejects.toThrow(/strange was trained with .*other, not with/)
  await expect(checkTwins(model, alone)).rejects.toThrow('of no other checkpoint')
})

it('a flow matching checkpoint is no twin', async () => {
  const index = { scheduler: ['diffusers', 'FlowMatchEulerDiscreteScheduler'] }
  const twin = await folder('flow', { 'model_index.json': index })
  await expect(checkTwins(twin, twin)).rejects.toThrow('has the scheduler FlowMatchEulerDiscreteScheduler')
})
