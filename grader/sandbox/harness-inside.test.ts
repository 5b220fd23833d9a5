import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Image } from '#harness'
import { SandboxFixture } from './fixture.ts'

let place: SandboxFixture

beforeAll(async () => {
  place = await SandboxFixture.make()
})
afterAll(() => place.close())

const answer = async (text: string, ...args: unknown[]) =>
  (await place.open(await place.submit(text))).call('answer', args, new AbortController().signal)

it('computes with the harness’s tensors and generator', async () => {
  const result = await answer(`
    import { concat, manualSeed } from '#harness'
    export const answer = () => concat([manualSeed(42).randn([1, 2]), manualSeed(42).randn([1, 2])], 0)`)
  // torch 2.x: torch.Generator('cpu').manual_seed(42), torch.randn(1, 2)
  const row = [0.33669036626815796, 0.1288094073534012]
  expect(result).toEqual({ dims: [2, 2], data: Float32Array.of(...row, ...row) })
})

it('draws figures with text: fonts and WebAssembly are at hand', async () => {
  const text = `
    import { renderFigure } from '#harness'
    export const answer = (image, title) => renderFigure({ images: [{ image }], title })`
  const image: Image = { width: 20, height: 10, data: new Uint8Array(600).fill(255) }
  const dark = ({ data }: Image) => data.filter((value) => value < 128).length
  const [titled, untitled] = [await answer(text, image, 'Seed 42'), await answer(text, image)] as Image[]
  expect(dark(untitled)).toBe(0)
  expect(dark(titled)).toBeGreaterThan(100)
})

it('has no model: loading one is an error, not an escape', async () => {
  const text = `
    import { StableDiffusion3Pipeline } from '#harness'
    export const answer = async (folder) => { await StableDiffusion3Pipeline.fromPretrained(folder) }`
  await expect(answer(text, `${process.cwd()}/models/sd3-nano`)).rejects.toThrow()
})

it('knows the harness’s errors by their class, code and repair', async () => {
  const text = `
    import { tensor, ShapeError } from '#harness'
    export async function answer() {
      try {
        tensor([2], [1, 2, 3])
      } catch (error) {
        return [error instanceof ShapeError, error.code]
      }
    }`
  expect(await answer(text)).toEqual([true, 'SHAPE'])
})
