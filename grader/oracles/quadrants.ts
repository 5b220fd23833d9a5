import type { Image, Tensor } from '#harness'

export const quadrantNames = ['imageToImage', 'imageToText', 'textToImage', 'textToText'] as const
export type QuadrantName = (typeof quadrantNames)[number]
type Range = [start: number, end: number]
export type Quadrants = Record<QuadrantName, { rows: Range; columns: Range }>
export type TokenOrder = 'image-first' | 'text-first'

/** The four quadrants' rows and columns. */
export function quadrantsOf(image: number, text: number, order: TokenOrder): Quadrants {
  const first = order === 'image-first' ? image : text
  const of = (name: 'image' | 'text'): Range =>
    (name === 'image') === (order === 'image-first') ? [0, first] : [first, image + text]
  return {
    imageToImage: { rows: of('image'), columns: of('image') },
    imageToText: { rows: of('image'), columns: of('text') },
    textToImage: { rows: of('text'), columns: of('image') },
    textToText: { rows: of('text'), columns: of('text') },
  }
}

/** A quadrant's weights added up, and how many queries and keys it has. */
export function quadrantSum(
  { dims: [, n], data }: Tensor,
  { rows, columns }: Quadrants[QuadrantName],
): { sum: number; queries: number; keys: number } {
  let sum = 0
  data.forEach((weight, at) => {
    const [row, column] = [Math.floor(at / n), at % n]
    const inside = row >= rows[0] && row < rows[1] && column >= columns[0] && column < columns[1]
    if (inside) sum += weight
  })
  return { sum, queries: rows[1] - rows[0], keys: columns[1] - columns[0] }
}

type Scale = (weight: number, n: number, largest: number) => number
const logarithmic: Scale = (weight, n, largest) => Math.log(1 + n * weight) / Math.log(1 + n * largest)

/** The picture that exercise 2 draws of weights [n, n]: grey cells, red lines where the second modality begins. */
export function quadrantPicture(
  weights: Tensor,
  boundary: number | null,
  cell: number,
  scale = logarithmic,
): Image {
  const [n] = weights.dims
  const side = n * cell
  const largest = weights.data.reduce((a, b) => Math.max(a, b), 0)
  const data = new Uint8Array(3 * side * side)
  weights.data.forEach((weight, at) => {
    const level = Math.round(255 * scale(weight, n, largest))
    const [top, left] = [Math.floor(at / n) * cell, (at % n) * cell]
    for (let y = top; y < top + cell; y++) {
      data.fill(level, 3 * (y * side + left), 3 * (y * side + left + cell))
    }
  })
  for (let along = 0; boundary !== null && along < side; along++) {
    data.set([255, 0, 0], 3 * (boundary * cell * side + along))
    data.set([255, 0, 0], 3 * (along * side + boundary * cell))
  }
  return { width: side, height: side, data }
}
