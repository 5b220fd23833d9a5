import { sunset } from '#grader/oracles/sunset.ts'
import type { Measurement } from './measurement.ts'
import { distance, toPicture, type Picture } from './picture.ts'

export interface VaeRoundTrip {
  original: Picture
  reconstruction: Picture
  latentShape: number[]
  /** Decibels. */
  psnr: number
  /** Numbers of the picture for each of the latent. */
  compression: number
}

/** Exercise 4: a drawn sunset into latents and back. */
export const vaeRoundTrip: Measurement<VaeRoundTrip> = {
  name: 'vae-round-trip',
  version: 1,
  work: 2,
  async measure({ pipe, side, advance }) {
    const image = sunset({ height: side, width: side })
    const latents = await pipe.vaeEncode(image)
    advance()
    const [back] = await pipe.vaeDecode(latents)
    advance()
    return {
      ...{ original: await toPicture(image), reconstruction: await toPicture(back) },
      latentShape: latents.dims,
      psnr: 20 * Math.log10(255 / distance(image, back)),
      compression: image.data.length / latents.data.length,
    }
  },
}
