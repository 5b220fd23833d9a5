import { renderFigure, type Image, type Panel } from '#harness'
import type { Fit, Setting } from './measure.ts'
import type { Render } from './renders.ts'
import { settingInWords } from './tables.ts'

const [PICTURES, THINGS] = [4, 2]

/** Render by render: the picture, then for two things of it their masks and their maps. */
export function mapFigure(
  renders: readonly Render[],
  fits: readonly Fit[],
  setting: Setting,
): Promise<Image> {
  const shown = renders.flatMap((render, index) => {
    const own = fits.filter((fit) => fit.render === index)
    return own.length >= THINGS ? [{ render, own: own.slice(0, THINGS) }] : []
  })
  const images = shown.slice(0, PICTURES).flatMap(({ render: { image, caption, things }, own }): Panel[] => [
    { image, title: caption },
    ...own.flatMap(({ thing, map, iou }): Panel[] => {
      const { colour, kind, mask } = things[thing]
      const words = { phrase: `${colour} ${kind}`, noun: kind, colour }[setting.wording]
      return [
        { image: shade(image, mask.map(Number)), title: `where the ${colour} ${kind} is` },
        { image: shade(image, stretched(map)), title: `“${words}”: IoU ${iou.toFixed(2)}` },
      ]
    }),
  ])
  return renderFigure({ title: settingInWords(setting), images, columns: 1 + 2 * THINGS })
}

/** From 0, the lowest, to 1, the highest; the square root shows more of what lies between. */
function stretched(map: Float64Array): number[] {
  const [low, high] = [Math.min(...map), Math.max(...map)]
  return [...map].map((value) => Math.sqrt((value - low) / (high - low)))
}

const DARKEST = 0.15

/** The picture in grey, and the patches in colour as far as their value lets them. */
function shade({ width, height, data }: Image, values: readonly number[]): Image {
  const columns = Math.sqrt((values.length * width) / height)
  const patch = width / columns
  const shaded = new Uint8Array(data.length)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)]
    const value = values[Math.floor(y / patch) * columns + Math.floor(x / patch)]
    const [red, green, blue] = data.subarray(3 * pixel, 3 * pixel + 3)
    const grey = (red + green + blue) / 3
    for (const [channel, own] of [red, green, blue].entries())
      shaded[3 * pixel + channel] = (DARKEST + (1 - DARKEST) * value) * (value * own + (1 - value) * grey)
  }
  return { width, height, data: shaded }
}
