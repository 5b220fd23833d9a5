import { encodePng, type Image } from '#harness'

/** A picture that survives JSON. */
export interface Picture {
  width: number
  height: number
  /** The PNG file in base64. */
  png: string
}

export async function toPicture(image: Image): Promise<Picture> {
  const { width, height } = image
  return { width, height, png: Buffer.from(await encodePng(image)).toString('base64') }
}

/** Root mean square difference of two pictures of one size, in levels of 0 to 255. */
export function distance(a: Image, b: Image): number {
  let sum = 0
  for (let i = 0; i < a.data.length; i++) sum += (a.data[i] - b.data[i]) ** 2
  return Math.sqrt(sum / a.data.length)
}
