import type { Image } from '#harness'

/** A picture with smooth sky, a round sun and a dark sea: something a VAE can be judged by. */
export function sunset({ height, width }: { height: number; width: number }): Image {
  const data = new Uint8Array(height * width * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sun = Math.hypot(x - width / 3, y - height / 2) < height / 6
      const sky = [255 - (60 * y) / height, 90 + (130 * y) / height, 60 + (40 * x) / width]
      const pixel = y > 0.62 * height ? [20, 50, 110] : sun ? [255, 240, 180] : sky
      data.set(pixel, (y * width + x) * 3)
    }
  }
  return { height, width, data }
}
