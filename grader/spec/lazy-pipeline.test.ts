import { expect, it, vi } from 'vitest'
import { forgetPictures, lazyPipeline } from './lazy-pipeline.ts'

const generate = vi.fn(async () => ({
  images: [],
  latents: { dims: [0], data: new Float32Array() },
  seed: 1,
}))
vi.mock('./model.ts', () => ({ pipelineUnderTest: async () => ({ generate }) }))

it('draws a picture once a run, whoever asks for it', async () => {
  const options = { prompt: 'a cat', seed: 1, numInferenceSteps: 2 }
  await lazyPipeline().generate(options)
  await lazyPipeline().generate({ ...options })
  expect(generate).toHaveBeenCalledTimes(1)
  await lazyPipeline().generate({ ...options, seed: 2 })
  expect(generate).toHaveBeenCalledTimes(2)
})

it('draws it again in the next run, since what it cost is measured', async () => {
  generate.mockClear()
  const options = { prompt: 'a cat', seed: 1, numInferenceSteps: 2 }
  forgetPictures()
  await lazyPipeline().generate(options)
  expect(generate).toHaveBeenCalledTimes(1)
})
