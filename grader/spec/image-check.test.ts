import pixelmatch from 'pixelmatch'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Image } from '#harness'
import { anyImage } from './fresh.ts'
import { expectImage } from './image-check.ts'
import { lazyPipeline } from './lazy-pipeline.ts'

const settings = { height: 64, width: 96, numInferenceSteps: 4, guidanceScale: 7 }
const prompt = 'a red ball to the left of a blue cube'

/** Pictures that a wrong solution could return in place of `image`. Each must fail, whatever the picture. */
const wrong: [string, (image: Image) => Image][] = [
  ['flat in its own mean colour', flat],
  ['black', (image) => map(image, () => 0)],
  ['white', (image) => map(image, () => 255)],
  ['noise', ({ height, width }) => anyImage(height, width)],
  ['one level brighter everywhere', (image) => map(image, (value) => Math.min(value + 1, 255))],
  ['its negative', (image) => map(image, (value) => 255 - value)],
  ['mirrored', (image) => pick(image, (row, column) => [row, image.width - 1 - column])],
  ['upside down', (image) => pick(image, (row, column) => [image.height - 1 - row, column])],
  ['moved by one column', (image) => pick(image, (row, column) => [row, Math.max(column - 1, 0)])],
  ['with red and blue exchanged', (image) => map(image, (_, i, data) => data[i + [2, 0, -2][i % 3]])],
  ['with a patch of 4 × 4 pixels wiped out', wiped],
]

describe('a drawn picture', () => {
  const image = drawn(40, 72)

  it('accepts itself', () => expectImage(structuredClone(image), image, 'it'))

  it('accepts rounding: one byte in ten off by one level', () => {
    const rounded = map(image, (value, i) => (i % 10 === 0 ? value ^ 1 : value))
    expectImage(rounded, image, 'it')
  })

  it.each(wrong)('rejects one that is %s', (_, spoil) => {
    expect(() => expectImage(spoil(image), image, 'it')).toThrow(/differ by \d/)
  })

  it('rejects what pixelmatch alone lets pass: a shift of brightness', () => {
    const brighter = map(image, (value) => Math.min(value + 4, 255))
    expect(
      pixelmatch(rgba(brighter), rgba(image), undefined, image.width, image.height, { threshold: 0.1 }),
    ).toBe(0)
    expect(() => expectImage(brighter, image, 'it')).toThrow(/differ by 4\.00/)
  })

  it('rejects what the mean alone lets pass: a wiped patch', () => {
    const difference = wiped(image).data.reduce((sum, value, i) => sum + Math.abs(value - image.data[i]), 0)
    expect(difference / image.data.length).toBeLessThan(2)
    expect(() => expectImage(wiped(image), image, 'it')).toThrow(/% of the pixels differ visibly/)
  })
})

describe('what is no picture of the right shape', () => {
  const image = drawn(6, 10)
  const { height, width, data } = image

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /received undefined/],
    ['a list of pictures', [image], /expected a picture \{ width, height, data: Uint8Array \}/],
    ['numbers instead of bytes', { height, width, data: [...data] }, /expected a picture/],
    [
      'floats',
      { height, width, data: Float32Array.from(data, (value) => value / 255) },
      /expected a picture/,
    ],
    ['transparent pixels', { height, width, data: new Uint8Array(240) }, /received 240\.\n.*leave alpha out/],
    ['a row too few', { height, width, data: data.slice(0, -30) }, /holds 180 bytes of RGB, received 150/],
    ['another size', drawn(6, 11), /expected height 6, width 10, received height 6, width 11\.$/],
    ['height for width', { height: width, width: height, data }, /Height and width are exchanged/],
    ['a negative size', { height: -6, width: -10, data }, /expected a picture/],
  ])('rejects %s', (_, value, message) => {
    expect(() => expectImage(value, image, 'it')).toThrow(message)
  })

  it('names the first pixel that differs, both colours, and the known mistake', () => {
    const off = structuredClone(image)
    off.data.set([1, 2, 3], (4 * width + 7) * 3)
    const expected = `row 4, column 7: expected rgb(${data.subarray(141, 144).join(', ')}), received rgb(1, 2, 3)`
    const check = () => expectImage(off, image, 'the strip', { mistakes: [[off, 'A pixel was lost.']] })
    expect(check).toThrow(expected)
    expect(check).toThrow('Likely mistake: A pixel was lost.')
  })
})

describe('pictures of the model', () => {
  const draw = async (options: { prompt: string; seed: number; numInferenceSteps?: number }) =>
    (await lazyPipeline().generate({ ...settings, ...options })).images[0]
  let image: Image

  beforeAll(async () => {
    image = await draw({ prompt, seed: 42 })
  })

  it('accepts the same prompt and seed drawn again', async () => {
    const again = await lazyPipeline().generate({
      ...settings,
      prompt,
      seed: 42,
      callbackOnStepEnd: () => {},
    })
    expectImage(again.images[0], image, 'it')
  })

  it.each(wrong)('rejects one that is %s', (_, spoil) => {
    expect(() => expectImage(spoil(image), image, 'it')).toThrow(/differ by \d/)
  })

  it('rejects the picture of another seed', async () => {
    const other = await draw({ prompt, seed: 43 })
    expect(() => expectImage(other, image, 'it')).toThrow(/differ by \d/)
  })

  it('rejects the picture of another prompt', async () => {
    const other = await draw({ prompt: 'a green plant on a beach', seed: 42 })
    expect(() => expectImage(other, image, 'it')).toThrow(/differ by \d/)
  })

  it('rejects the picture of another step count', async () => {
    const other = await draw({ prompt, seed: 42, numInferenceSteps: 5 })
    expect(() => expectImage(other, image, 'it')).toThrow(/differ by \d/)
  })
})

/** A sky over a floor with a disc: smooth parts, edges, no two sides alike. */
function drawn(height: number, width: number): Image {
  const blank = { height, width, data: new Uint8Array(height * width * 3) }
  return map(blank, (_, i) => {
    const [row, column, channel] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width, i % 3]
    if (Math.hypot(row - height / 3, column - width / 4) < height / 5) return [220, 40, 50][channel]
    return row < 0.7 * height ? 90 + 40 * channel + row : 60 + column - 20 * channel
  })
}

function map(
  { height, width, data }: Image,
  f: (value: number, i: number, data: Uint8Array) => number,
): Image {
  return { height, width, data: data.map(f) }
}

function pick(
  { height, width, data }: Image,
  from: (row: number, column: number) => [number, number],
): Image {
  const result = new Uint8Array(data.length)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [y, x] = from(row, column)
      result.set(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3), (row * width + column) * 3)
    }
  }
  return { height, width, data: result }
}

function flat(image: Image): Image {
  const pixels = image.height * image.width
  const mean = [0, 1, 2].map(
    (channel) => image.data.reduce((sum, value, i) => sum + (i % 3 === channel ? value : 0), 0) / pixels,
  )
  return map(image, (_, i) => Math.round(mean[i % 3]))
}

function wiped(image: Image): Image {
  return map(image, (value, i) => {
    const [row, column] = [Math.floor(i / 3 / image.width), Math.floor(i / 3) % image.width]
    return row >= 20 && row < 24 && column >= 30 && column < 34 ? 255 - value : value
  })
}

function rgba({ width, height, data }: Image): Uint8Array {
  return Uint8Array.from({ length: width * height * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : data[3 * (i >> 2) + (i % 4)],
  )
}
