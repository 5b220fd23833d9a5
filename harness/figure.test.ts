import { describe, expect, it } from 'vitest'
import { ArgumentError } from './errors.ts'
import { renderFigure } from './figure.ts'
import type { Image } from './image.ts'

const MARGIN = 20
const GAP = 14

/** Every pixel another colour than its neighbours. */
function pattern(width: number, height: number): Image {
  const data = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => (i * 37 + Math.floor(i / 3 / width) * 11) % 256,
  )
  return { width, height, data }
}

function crop(image: Image, x: number, y: number, width: number, height: number): Image {
  const rows = Array.from({ length: height }, (_, row) => {
    const start = ((y + row) * image.width + x) * 3
    return image.data.subarray(start, start + width * 3)
  })
  return { width, height, data: Uint8Array.from(rows.flatMap((row) => [...row])) }
}

const darkest = (image: Image) => image.data.reduce((least, byte) => Math.min(least, byte), 255)

describe('pictures in a figure', () => {
  it('keep every pixel when they fit as they are', async () => {
    const [left, right] = [pattern(200, 70), pattern(200, 90)]
    const figure = await renderFigure({ images: [{ image: left }, { image: right }] })
    expect([figure.width, figure.height]).toEqual([2 * MARGIN + 400 + GAP, 2 * MARGIN + 90])
    expect(crop(figure, MARGIN, MARGIN, 200, 70)).toEqual(left)
    expect(crop(figure, MARGIN + 200 + GAP, MARGIN, 200, 90)).toEqual(right)
  })

  it('are enlarged in whole, hard pixels when small', async () => {
    const small = pattern(24, 16)
    const figure = await renderFigure({ images: [{ image: small }] })
    expect([figure.width, figure.height]).toEqual([2 * MARGIN + 192, 2 * MARGIN + 128])
    for (const [x, y] of [
      [0, 0],
      [23, 0],
      [5, 15],
    ]) {
      const block = crop(figure, MARGIN + x * 8, MARGIN + y * 8, 8, 8)
      const pixel = [...small.data.subarray((y * 24 + x) * 3, (y * 24 + x) * 3 + 3)]
      expect([...block.data]).toEqual(Array.from({ length: 64 }, () => pixel).flat())
    }
  })

  it('are reduced when large, height in proportion', async () => {
    const figure = await renderFigure({ images: [{ image: pattern(1024, 512) }] })
    expect([figure.width, figure.height]).toEqual([2 * MARGIN + 384, 2 * MARGIN + 192])
  })

  it.each([
    [5, undefined, 5, 1],
    [6, undefined, 3, 2],
    [28, undefined, 5, 6],
    [4, 2, 2, 2],
    [2, 3, 2, 1],
  ])('%i of them, columns %s, stand in %i columns and %i rows', async (count, columns, across, down) => {
    const images = Array.from({ length: count }, () => ({ image: pattern(192, 16) }))
    const { width, height } = await renderFigure(columns === undefined ? { images } : { images, columns })
    expect(width).toBe(2 * MARGIN + across * 192 + (across - 1) * GAP)
    expect(height).toBe(2 * MARGIN + down * 16 + (down - 1) * GAP)
  })
})

describe('text in a figure', () => {
  const white: Image = { width: 192, height: 16, data: new Uint8Array(192 * 16 * 3).fill(255) }
  const LONG =
    'a red ball to the left of a blue cube, on a wooden table, with a green plant in the background'

  it('is dark on white: the heading above, the caption below', async () => {
    const plain = await renderFigure({ images: [{ image: white }] })
    expect(darkest(plain)).toBe(255)
    const headed = await renderFigure({ title: 'Steps', images: [{ image: white }] })
    expect(darkest(crop(headed, 0, 0, headed.width, headed.height - MARGIN - 16))).toBeLessThan(60)
    const captioned = await renderFigure({ images: [{ image: white, title: '28 steps' }] })
    expect(darkest(crop(captioned, 0, 0, captioned.width, MARGIN + 16))).toBe(255)
    expect(
      darkest(crop(captioned, 0, MARGIN + 16, captioned.width, captioned.height - MARGIN - 16)),
    ).toBeLessThan(60)
  })

  it.each([LONG, 'transformer_blocks.2.attn.'.repeat(8), '❏'.repeat(60)])(
    'wraps within its cell: %s',
    async (title) => {
      const short = await renderFigure({ images: [{ image: white, title: 'x' }, { image: white }] })
      const long = await renderFigure({ images: [{ image: white, title }, { image: white }] })
      expect(long.width).toBe(short.width)
      expect(long.height).toBeGreaterThan(short.height)
      expect(darkest(crop(long, MARGIN + 192 + 2, 0, long.width - MARGIN - 192 - 2, long.height))).toBe(255)
    },
  )

  it('may hold what XML forbids', async () => {
    const title = `<b>&amp; "quotes" \u0000\u001b[31m \ud800 \uffff</b>`
    const figure = await renderFigure({ title, images: [{ image: white, title }] })
    expect(darkest(figure)).toBeLessThan(60)
  })
})

describe('a figure refuses', () => {
  it('to be empty', async () => {
    await expect(renderFigure({ images: [] })).rejects.toThrow(ArgumentError)
  })

  it.each([0, 1.5, NaN])('%s columns', async (columns) => {
    await expect(renderFigure({ images: [{ image: pattern(2, 2) }], columns })).rejects.toThrow(
      /columns\.\nPass/,
    )
  })
})
