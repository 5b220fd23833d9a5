import type { Image } from '#harness'
import { attachImage } from './attach.ts'

/** Pictures of equal height side by side, `gap` columns of `colour` between them: the slow and obvious way. */
export function strip(images: Image[], gap = 4, colour = [255, 255, 255]): Image {
  const height = images[0].height
  const columns = images.flatMap((image, i) => [
    ...(i > 0 ? Array.from({ length: gap }, () => () => colour) : []),
    ...Array.from({ length: image.width }, (_, x) => (y: number) => {
      const start = (y * image.width + x) * 3
      return [...image.data.subarray(start, start + 3)]
    }),
  ])
  const rows = Array.from({ length: height }, (_, y) => columns.flatMap((pixel) => pixel(y)))
  return { width: columns.length, height, data: Uint8Array.from(rows.flat()) }
}

/** Shows a student's pictures side by side in the report, if that is what they are; the checks say what is wrong. */
export function attachStrip(name: string, images: unknown, caption: string): void {
  if (!Array.isArray(images)) return
  const height = (images[0] as Image | undefined)?.height
  const isFrame = (value: unknown): value is Image => {
    const image = value as Partial<Image> | undefined
    const size = Number(image?.width) * Number(height) * 3
    return image?.height === height && image?.data instanceof Uint8Array && image.data.length === size
  }
  const frames: unknown[] = images
  if (frames.length > 0 && frames.every(isFrame)) attachImage(name, strip(frames), caption)
}
