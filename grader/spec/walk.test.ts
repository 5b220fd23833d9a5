import { expect, it } from 'vitest'
import { walkers } from './walk.ts'

it('draws the picture that its latents decode to, for those who decode them too', async () => {
  const { pipe, walks } = walkers().flow
  const request = { prompt: 'a boat', height: 32, width: 48, numInferenceSteps: 3 }
  const { images, latents } = await pipe.generate({ ...request, outputType: 'latent' })
  expect(images).toEqual([])
  expect(await pipe.vaeDecode(latents)).toEqual([walks[0].image])
  const drawn = await pipe.generate(request)
  expect(drawn.images).toEqual([walks[1].image])
  expect(drawn.images).not.toEqual([walks[0].image])
})
