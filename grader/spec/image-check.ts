import { inspect } from 'node:util'
import pixelmatch from 'pixelmatch'
import { expect } from 'vitest'
import type { Figure, Image } from '#harness'
import { attachFigure } from './attach.ts'
import type { Mistake } from './check.ts'

/** Mean difference between two pictures of one seed on one machine, in 8-bit levels: rounding, nothing else. */
const MEAN_LIMIT = 0.5
/** pixelmatch's threshold: a pixel counts as different from about five grey levels on. */
const VISIBLE = 0.02
/** Levels of difference that are marked in full red. */
const STRONG = 96
/** Share of pixels that may count as different. */
const SHARE_LIMIT = 0.001

/**
 * Checks a picture against the one that the same machine made from the same seed: shape, then near equality.
 * Two limits, because each alone lets wrong pictures through: the mean sees an even shift of brightness, which
 * pixelmatch does not; pixelmatch sees a small misplaced patch, which the mean does not.
 * @param what the picture compared, with the settings it was made with
 * @param mean the mean difference that is allowed; less for a picture that arithmetic alone has made
 */
export function expectImage(
  actual: unknown,
  expected: Image,
  what: string,
  { mean = MEAN_LIMIT, mistakes = [] as Mistake<Image>[] } = {},
): void {
  const problem = differs(actual, expected, mean)
  if (!problem) return
  if (!isMalformed(actual))
    attachFigure('difference', differenceFigure(actual as Image, expected, what), what)
  const known = mistakes.find(([wrong]) => !differs(actual, wrong, mean))
  expect.fail(`${what}: ${problem}` + (known ? `\nLikely mistake: ${known[1]}` : ''))
}

function differs(actual: unknown, expected: Image, limit: number): string | null {
  const malformed = isMalformed(actual)
  if (malformed) return malformed
  const picture = actual as Image
  if (picture.height !== expected.height || picture.width !== expected.width) {
    const exchanged = picture.height === expected.width && picture.width === expected.height
    return (
      `expected ${size(expected)}, received ${size(picture)}.` +
      (exchanged ? '\nLikely mistake: Height and width are exchanged.' : '')
    )
  }
  if (Buffer.compare(picture.data, expected.data) === 0) return null
  const { mean, largest, firstPixel } = channelDifference(picture, expected)
  const share = visibleShare(picture, expected)
  if (mean <= limit && share <= SHARE_LIMIT) return null
  return (
    `the pictures differ by ${mean.toFixed(2)} of 255 on average and by ${largest} at most; ` +
    `${(100 * share).toFixed(1)} % of the pixels differ visibly ` +
    `(limits: ${limit} on average, ${100 * SHARE_LIMIT} % of the pixels). ` +
    `First at row ${Math.floor(firstPixel / expected.width)}, column ${firstPixel % expected.width}: ` +
    `expected rgb(${rgb(expected, firstPixel)}), received rgb(${rgb(picture, firstPixel)}).`
  )
}

function isMalformed(actual: unknown): string | null {
  const picture = actual as Partial<Image> | null | undefined
  if (!(picture?.data instanceof Uint8Array) || !isLength(picture.height) || !isLength(picture.width)) {
    const received = inspect(actual, { depth: 1, maxArrayLength: 3, breakLength: Infinity })
    return `expected a picture { width, height, data: Uint8Array }, received ${received.slice(0, 300)}.`
  }
  const pixels = picture.height * picture.width
  if (picture.data.length === 3 * pixels) return null
  return (
    `a picture of ${pixels} pixels holds ${3 * pixels} bytes of RGB, received ${picture.data.length}.` +
    (picture.data.length === 4 * pixels ? '\nLikely mistake: Four bytes a pixel; leave alpha out.' : '')
  )
}

function isLength(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0
}

function channelDifference(a: Image, b: Image): { mean: number; largest: number; firstPixel: number } {
  let sum = 0
  let largest = 0
  let first = -1
  for (let i = 0; i < a.data.length; i++) {
    const difference = Math.abs(a.data[i] - b.data[i])
    if (difference > 0 && first < 0) first = i
    sum += difference
    largest = Math.max(largest, difference)
  }
  return { mean: sum / a.data.length, largest, firstPixel: Math.floor(Math.max(first, 0) / 3) }
}

function visibleShare(a: Image, b: Image): number {
  const options = { threshold: VISIBLE, includeAA: true }
  return pixelmatch(rgba(a), rgba(b), undefined, a.width, a.height, options) / (a.width * a.height)
}

/** Longer sides are shown only where they are right: a submission says how large its picture is. */
const LONGEST_SHOWN = 1024

/** The received picture beside the expected one, and where they differ. */
export function differenceFigure(actual: Image, expected: Image, title: string): Figure {
  const sameSize = actual.width === expected.width && actual.height === expected.height
  const shown = sameSize || Math.max(actual.width, actual.height) <= LONGEST_SHOWN
  const images = [
    ...(shown ? [{ image: actual, title: `yours, ${size(actual)}` }] : []),
    { image: expected, title: `expected, ${size(expected)}` },
    ...(sameSize
      ? [
          {
            image: differenceOf(actual, expected),
            title: 'difference: from yellow (slight) to red; equal is grey',
          },
        ]
      : []),
  ]
  return { images, title }
}

/** The expected picture, faded to grey; every pixel that differs from yellow to red. */
function differenceOf(actual: Image, expected: Image): Image {
  const { width, height } = expected
  const faded = new Uint8Array(4 * width * height)
  pixelmatch(rgba(expected), rgba(expected), faded, width, height, { alpha: 0.25 })
  const data = new Uint8Array(3 * width * height)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const distances = [0, 1, 2].map((channel) => {
      return Math.abs(actual.data[3 * pixel + channel] - expected.data[3 * pixel + channel])
    })
    const strength = Math.min(1, Math.max(...distances) / STRONG)
    const colour = strength > 0 ? [255, 210 * (1 - strength), 0] : faded.subarray(4 * pixel, 4 * pixel + 3)
    data.set(colour, 3 * pixel)
  }
  return { width, height, data }
}

function rgba({ width, height, data }: Image): Uint8Array {
  const result = new Uint8Array(width * height * 4).fill(255)
  for (let pixel = 0; pixel < width * height; pixel++) {
    result.set(data.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel)
  }
  return result
}

function rgb({ data }: Image, pixel: number): string {
  return data.subarray(3 * pixel, 3 * pixel + 3).join(', ')
}

function size({ height, width }: Image): string {
  return `height ${height}, width ${width}`
}
