import { scaleLinear } from 'd3-scale'

/** As far below uniform as the colours go. */
const LOWEST = 1 / 16
/** The upper end of the colours is the largest ratio shown, and this at least. */
const LEAST_TOP = 4

/** The upper end for some ratios. */
export function topOf(ratios: Iterable<number>): number {
  let top = LEAST_TOP
  for (const ratio of ratios) if (ratio > top) top = ratio
  return top
}

/** −1 at a sixteenth of uniform and below, 0 at uniform, 1 at the top; logarithmic, since attention is. */
export function heatOf(ratio: number, top: number): number {
  if (ratio >= 1) return Math.min(1, Math.log(ratio) / Math.log(top))
  return -Math.min(1, Math.log(Math.max(ratio, LOWEST)) / Math.log(LOWEST))
}

/** Laid over the picture: nothing at uniform, darker below it, from orange to pale yellow above. */
const overlay = scaleLinear<string>()
  .domain([-1, 0, 0.25, 1])
  .range([
    'rgba(10, 16, 40, 0.78)',
    'rgba(10, 16, 40, 0)',
    'rgba(240, 110, 20, 0.55)',
    'rgba(255, 232, 130, 0.88)',
  ])
  .clamp(true)

/** Of the matrix, where 0 is nothing: dark to pale, readable without colour. */
const matrix = scaleLinear<string>()
  .domain([0, 0.25, 0.5, 0.75, 1])
  .range([
    'rgb(12, 10, 30)',
    'rgb(74, 26, 105)',
    'rgb(178, 58, 92)',
    'rgb(245, 139, 66)',
    'rgb(253, 242, 190)',
  ])
  .clamp(true)

export const overlayColours = table((i) => overlay(-1 + i / 127.5))
export const matrixColours = table((i) => matrix(i / 255))
/** For CSS. */
export const overlayColour = (heat: number): string => overlay(heat)

/** 256 colours as pixels of a canvas hold them, so that pictures need no parsing of colours. */
function table(colourAt: (i: number) => string): Uint32Array {
  const bytes = new Uint8ClampedArray(4 * 256)
  for (let i = 0; i < 256; i++) {
    const [red, green, blue, alpha = 1] = colourAt(i)
      .match(/[\d.]+/g)!
      .map(Number)
    bytes.set([red, green, blue, Math.round(255 * alpha)], 4 * i)
  }
  return new Uint32Array(bytes.buffer)
}
