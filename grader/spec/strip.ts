import { inject } from 'vitest'
import type { Image } from '#harness'
import { attachPanels } from './attach.ts'

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

/** Pictures of other sizes are not shown: the figure would be out of proportion, or take for ever. */
const SHORTEST_SIDE = 64
const LONGEST_SIDE = 512

/** Shows a student's pictures, with a title below each, if that is what they are; the checks say what is wrong. */
export async function attachStrip(
  name: string,
  images: unknown,
  caption: string,
  titles: string[],
): Promise<void> {
  if (!Array.isArray(images)) return
  const height = (images[0] as Image | undefined)?.height ?? 0
  const isFrame = (value: unknown): value is Image => {
    const image = value as Partial<Image> | undefined
    const { width = 0, data } = image ?? {}
    const isShown = [width, height].every((side) => side >= SHORTEST_SIDE && side <= LONGEST_SIDE)
    return (
      isShown && image?.height === height && data instanceof Uint8Array && data.length === width * height * 3
    )
  }
  const frames: unknown[] = images
  if (
    inject('pictures') === undefined ||
    frames.length === 0 ||
    frames.length > titles.length ||
    !frames.every(isFrame)
  )
    return
  const panels = frames.map((image, i) => ({ image, title: titles[i] }))
  attachPanels(name, { images: panels, title: caption }, caption)
}
