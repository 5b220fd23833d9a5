import type { Image } from '#harness'

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
