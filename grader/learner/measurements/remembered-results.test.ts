import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Pipeline } from '#harness'
import type { Measurement } from './measurement.ts'
import { RememberedResults } from './remembered-results.ts'
import { measure } from './results.ts'

const measurement: Measurement<{ value: number }> = {
  name: 'some-number',
  version: 1,
  work: 1,
  measure: async () => ({ value: 1 }),
}
const at = new Date('2020-02-02T02:02:02Z')

let root: string
let cache: string
let model: string
const open = (device = 'cpu') => RememberedResults.open(cache, model, device)

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'remembered-'))
  cache = join(root, 'out', 'measurements')
  model = join(root, 'a model')
  await mkdir(join(model, 'vae'), { recursive: true })
  await writeFile(join(model, 'vae', 'model.safetensors'), 'weights')
  await (await open()).write(measurement, { value: 7 }, at)
})
afterEach(() => rm(root, { recursive: true }))

describe('a result', () => {
  it('is remembered, and when it was measured', async () => {
    expect(await (await open()).read(measurement)).toEqual({ result: { value: 7 }, at })
  })

  it('leaves nothing else behind', async () => {
    expect(await readdir(cache)).toEqual(['a_model-cpu-some-number.json'])
  })

  it.each([
    ['another device', () => open('cuda'), measurement],
    ['another version', () => open(), { ...measurement, version: 2 }],
    ['another measurement', () => open(), { ...measurement, name: 'other-number' }],
  ])('is not that of %s', async (_, opened, asked) => {
    expect(await (await opened()).read(asked)).toBeNull()
  })

  it('ends with the weights it was measured on', async () => {
    const later = new Date(Date.now() + 60_000)
    await utimes(join(model, 'vae', 'model.safetensors'), later, later)
    expect(await (await open()).read(measurement)).toBeNull()
  })

  it.each([
    ['cut short', (text: string) => text.slice(0, -10)],
    ['emptied', () => ''],
    ['changed in one digit', (text: string) => text.replace('"value":7', '"value":8')],
    ['given another time', (text: string) => text.replace('2020', '2021')],
    ['no object', () => 'null'],
  ])('is not believed when its file was %s', async (_, damage) => {
    const file = join(cache, 'a_model-cpu-some-number.json')
    const damaged = damage(await readFile(file, 'utf8'))
    await writeFile(file, damaged)
    expect(await (await open()).read(measurement)).toBeNull()
  })
})

describe('measuring', () => {
  /** Can be inspected, and nothing else. */
  const pipe = {
    components: () => Promise.reject(new Error('Memory ran out.\nUse less.')),
  } as unknown as Pipeline

  it('goes on after a failure, says why, and does not remember it', async () => {
    const remembered = await open()
    const {
      results,
      failures,
      at: measuredAt,
    } = await measure(['inspection'], { pipe, side: 64, remembered })
    expect(results).toEqual({})
    expect(failures).toEqual({ inspection: 'Memory ran out.\nUse less.' })
    expect(measuredAt).toBeNull()
    expect(await readdir(cache)).toHaveLength(1)
  })
})
