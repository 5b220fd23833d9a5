import { expect, it, vi } from 'vitest'
import { forgetPictures, lazyPipeline, lazyTwin } from './lazy-pipeline.ts'

const generate = vi.fn(async () => ({
  images: [],
  latents: { dims: [0], data: new Float32Array() },
  seed: 1,
}))
const generateByTwin = vi.fn(generate.getMockImplementation())
vi.mock('./model.ts', () => ({
  pipelineUnderTest: async () => ({ generate }),
  twinUnderTest: async () => ({ generate: generateByTwin }),
}))

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

it('gives no picture of a model for one of its twin', async () => {
  const options = { prompt: 'a cat', seed: 3, numInferenceSteps: 2 }
  await lazyPipeline().generate(options)
  await lazyTwin().generate({ ...options })
  expect(generateByTwin).toHaveBeenCalledTimes(1)
  await lazyTwin().generate({ ...options })
  expect(generateByTwin).toHaveBeenCalledTimes(1)
})
