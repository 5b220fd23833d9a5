import { ArgumentError } from './errors.ts'
import { encodePng, type Image } from './image.ts'
import { loadSvgRenderer, svgDocument, svgText, type SvgRenderer, type TextStyle } from './svg.ts'

/** One picture of a figure, and what stands below it. */
export interface Panel {
  image: Image
  title?: string
}

export interface Figure {
  images: readonly Panel[]
  /** Stands above all pictures. */
  title?: string
  /** Default: one row up to five pictures, then rows of about equal length. */
  columns?: number
}

const HEADING: TextStyle = { size: 20, bold: true }
const CAPTION: TextStyle = { size: 14, bold: false }
const LINE_HEIGHT = 1.3
const MARGIN = 20
const GAP = 14
const LONGEST_ROW = 5

/** Cells narrower than this could not hold a caption; wider ones would make a strip no screen shows. */
const NARROWEST = 192
const WIDEST = 384

/**
 * Draws pictures in rows, with captions below and a heading above, as one picture on white.
 * All are drawn at one scale: as they are where that suits, small ones enlarged in whole pixels, large ones reduced.
 * @throws ArgumentError for no pictures, or for columns that are not a whole number from 1
 * @example
 * const strip = await renderFigure({ title: 'Seed 42', images: runs.map(({ image, steps }) => ({ image, title: `${steps} steps` })) })
 * await savePng('steps.png', strip)
 */
export async function renderFigure({
  images,
  title,
  columns = defaultColumns(images.length),
}: Figure): Promise<Image> {
  if (images.length === 0)
    throw new ArgumentError('The figure has no pictures.', 'Pass at least one in images.')
  if (!Number.isInteger(columns) || columns < 1) {
    throw new ArgumentError(`The figure has ${columns} columns.`, 'Pass a whole number, at least 1.')
  }
  const renderer = await loadSvgRenderer()
  const scale = commonScale(Math.max(...images.map(({ image }) => image.width)))
  const cellWidth = Math.round(scale * Math.max(...images.map(({ image }) => image.width)))
  const inRow = Math.min(columns, images.length)
  const width = 2 * MARGIN + inRow * cellWidth + (inRow - 1) * GAP
  const elements: string[] = []
  let y = MARGIN

  const writeLines = (lines: string[], x: number, top: number, style: TextStyle) => {
    lines.forEach((line, i) =>
      elements.push(svgText(line, x, top + style.size + i * lineHeight(style), style)),
    )
  }
  if (title !== undefined) {
    const lines = wrap(renderer, title, HEADING, width - 2 * MARGIN)
    writeLines(lines, MARGIN, y, HEADING)
    y += lines.length * lineHeight(HEADING) + GAP
  }
  for (let start = 0; start < images.length; start += columns) {
    const row = images.slice(start, start + columns)
    const captions = row.map((panel) => wrap(renderer, panel.title ?? '', CAPTION, cellWidth))
    const pictureHeight = Math.round(scale * Math.max(...row.map(({ image }) => image.height)))
    for (const [column, { image }] of row.entries()) {
      const x = MARGIN + column * (cellWidth + GAP)
      elements.push(await svgPicture(image, x, y, scale))
      writeLines(captions[column], x, y + pictureHeight + GAP / 2, CAPTION)
    }
    const lines = Math.max(...captions.map(({ length }) => length))
    y += pictureHeight + (lines === 0 ? 0 : GAP / 2 + lines * lineHeight(CAPTION)) + GAP
  }
  return renderer.render(svgDocument(width, y - GAP + MARGIN, elements.join('')))
}

function defaultColumns(count: number): number {
  return Math.ceil(count / Math.ceil(count / LONGEST_ROW))
}

function commonScale(widest: number): number {
  if (widest < NARROWEST) return Math.ceil(NARROWEST / widest)
  return Math.min(1, WIDEST / widest)
}

function lineHeight({ size }: TextStyle): number {
  return Math.round(size * LINE_HEIGHT)
}

/** Breaks text at spaces into lines that fit; a word longer than a line is broken anywhere. */
function wrap(renderer: SvgRenderer, text: string, style: TextStyle, width: number): string[] {
  const lines: string[] = []
  const fits = (line: string) => renderer.textWidth(line, style) <= width
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const joined = `${lines.at(-1)} ${word}`
    if (lines.length > 0 && fits(joined)) lines[lines.length - 1] = joined
    else lines.push(...breakWord([...word], fits))
  }
  return lines
}

/** Cuts a word into the longest pieces that fit, of one letter at least. */
function breakWord(letters: string[], fits: (line: string) => boolean): string[] {
  if (fits(letters.join(''))) return [letters.join('')]
  let [end, tooLong] = [1, letters.length]
  while (tooLong - end > 1) {
    const middle = Math.floor((end + tooLong) / 2)
    if (fits(letters.slice(0, middle).join(''))) end = middle
    else tooLong = middle
  }
  const rest = letters.slice(end)
  return [letters.slice(0, end).join(''), ...(rest.length === 0 ? [] : breakWord(rest, fits))]
}

async function svgPicture(image: Image, x: number, y: number, scale: number): Promise<string> {
  const png = Buffer.from(await encodePng(image)).toString('base64')
  // Enlarged pictures keep hard pixels: a latent or an attention map should look like the grid it is.
  const rendering = scale > 1 ? 'optimizeSpeed' : 'optimizeQuality'
  const size = `width="${image.width * scale}" height="${image.height * scale}"`
  return `<image x="${x}" y="${y}" ${size} image-rendering="${rendering}" href="data:image/png;base64,${png}"/>`
}
