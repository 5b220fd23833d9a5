import { dirname } from 'node:path'
import type { DecodedPng } from 'fast-png'
import { ArgumentError, ShapeError } from './errors.ts'
import { assertFinite } from './finite.ts'
import { assertShape, formatShape, zeros, type Tensor } from './tensor.ts'

/** 8-bit RGB, rows from the top, three bytes a pixel. Plain data, like Tensor. */
export interface Image {
  width: number
  height: number
  data: Uint8Array // [height, width, 3]
}

const CHANNELS = 3

/**
 * Turns what the VAE decodes, −1 to 1, into a picture; values outside are clipped.
 * Source: diffusers `image_processor.py`, `postprocess` then `numpy_to_pil`.
 * @param decoded [1, 3, height, width]
 * @throws ShapeError for another shape, DeviceError when a value is NaN or infinite
 */
export function imageFromTensor(decoded: Tensor): Image {
  assertShape(decoded, [1, CHANNELS, null, null], 'The decoded picture')
  assertFinite(decoded, 'The decoded picture')
  const [, , height, width] = decoded.dims
  const pixels = height * width
  // numpy's float32 arithmetic; a clamped array rounds as numpy does, a half to the even neighbour.
  const data = new Uint8ClampedArray(pixels * CHANNELS) // [height, width, 3]
  for (let channel = 0; channel < CHANNELS; channel++) {
    const plane = decoded.data.subarray(channel * pixels, (channel + 1) * pixels)
    for (let pixel = 0, i = channel; pixel < pixels; pixel++, i += CHANNELS) {
      data[i] = Math.fround(Math.fround(plane[pixel] * 0.5 + 0.5) * 255)
    }
  }
  return { width, height, data: new Uint8Array(data.buffer) }
}

/**
 * Turns a picture into what the VAE encodes: channels first, 0…255 to −1…1.
 * Source: diffusers `image_processor.py`, `preprocess`.
 * @throws ShapeError when the bytes do not fill width × height
 */
export function imageToTensor(image: Image): Tensor {
  assertImage(image)
  const pixels = image.height * image.width
  const tensor = zeros([1, CHANNELS, image.height, image.width])
  for (let i = 0; i < image.data.length; i++) {
    const unit = Math.fround(image.data[i] / 255)
    tensor.data[(i % CHANNELS) * pixels + Math.floor(i / CHANNELS)] = 2 * unit - 1
  }
  return tensor
}

/** Encodes a picture as PNG, without loss. @throws ShapeError when the bytes do not fill width × height */
export async function encodePng(image: Image): Promise<Uint8Array> {
  assertImage(image)
  const { encode } = await import('fast-png')
  return encode({ ...image, channels: CHANNELS, depth: 8 })
}

/**
 * Decodes a PNG of 8 bits a channel. Grey becomes RGB; transparency is laid on white.
 * @throws ArgumentError for bytes that are not such a PNG
 */
export async function decodePng(bytes: Uint8Array): Promise<Image> {
  const { decode } = await import('fast-png')
  let png: DecodedPng
  try {
    png = decode(bytes)
  } catch (error) {
    throw new ArgumentError(
      `These ${bytes.length} bytes are no PNG: ${(error as Error).message}.`,
      'Pass a PNG file.',
    )
  }
  const { width, height, channels, depth, data: source } = png
  if (depth !== 8 || png.palette || png.transparency) {
    throw new ArgumentError(
      `The PNG has ${png.palette ? 'a palette' : png.transparency ? 'a transparent colour' : `${depth} bits a channel`}.`,
      'Save it as RGB or grey with 8 bits a channel.',
    )
  }
  const colours = channels < CHANNELS ? 1 : CHANNELS
  const data = new Uint8Array(width * height * CHANNELS) // [height, width, 3]
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / CHANNELS) * channels
    const value = source[pixel + (colours === 1 ? 0 : i % CHANNELS)]
    const alpha = channels === colours ? 255 : source[pixel + colours]
    data[i] = Math.round((value * alpha + 255 * (255 - alpha)) / 255)
  }
  return { width, height, data }
}

/** Writes a picture to a PNG file, making its folder if need be. */
export async function savePng(path: string, image: Image): Promise<void> {
  const { mkdir, writeFile } = await import('node:fs/promises')
  const bytes = await encodePng(image)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
}

function assertImage({ width, height, data }: Image): void {
  if (![width, height].every((side) => Number.isInteger(side) && side > 0)) {
    throw new ShapeError(
      `A picture has ${width} × ${height} pixels (width × height).`,
      'Both must be whole numbers from 1.',
    )
  }
  if (data.length !== width * height * CHANNELS) {
    throw new ShapeError(
      `A picture of ${width} × ${height} pixels (width × height) has ${data.length} bytes.`,
      `Expected ${width * height * CHANNELS}: ${formatShape([height, width, CHANNELS])}.`,
    )
  }
}
