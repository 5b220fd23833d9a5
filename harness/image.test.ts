import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import { ArgumentError, DeviceError, ShapeError } from './errors.ts'
import { decodePng, encodePng, imageFromTensor, imageToTensor, savePng, type Image } from './image.ts'
import { tensor } from './tensor.ts'

/** Two rows of three pixels, every byte another. */
const PICTURE: Image = { width: 3, height: 2, data: Uint8Array.from({ length: 18 }, (_, i) => i * 13) }

describe('imageFromTensor', () => {
  it('puts channels last and keeps rows, on a picture that is not square', () => {
    const plane = (start: number) => Array.from({ length: 6 }, (_, i) => (start + i) / 127.5 - 1)
    const { width, height, data } = imageFromTensor(
      tensor([1, 3, 2, 3], [...plane(0), ...plane(100), ...plane(200)]),
    )
    expect([width, height]).toEqual([3, 2])
    expect([...data.slice(0, 6)]).toEqual([0, 100, 200, 1, 101, 201])
    expect([...data.slice(15)]).toEqual([5, 105, 205])
  })

  it('rounds and clips as diffusers does', () => {
    // numpy 2.4.6, float32: ((x * 0.5 + 0.5).clip(0, 1) * 255).round().astype('uint8')
    const cases = [
      [-7, 0],
      [-1, 0],
      [0, 128], // 127.5, to the even neighbour
      [-0.003921568859368563, 127], // 127.0
      [-0.9960784316062927, 0], // 0.49999997
      [-0.9882352948188782, 1], // 1.4999999, where exact arithmetic would say 1.5
      [0.9960784316062927, 254], // 254.5, to the even neighbour
      [1, 255],
      [3, 255],
    ]
    for (const [value, byte] of cases) {
      expect(imageFromTensor(tensor([1, 3, 1, 1], [value, value, value])).data[0], `${value}`).toBe(byte)
    }
  })

  it.each([NaN, Infinity])('refuses %s instead of drawing something', (value) => {
    expect(() => imageFromTensor(tensor([1, 3, 1, 1], [0, value, 0]))).toThrow(DeviceError)
  })

  it('refuses latents, which have 16 channels', () => {
    expect(() => imageFromTensor(tensor([1, 16, 1, 1], Array<number>(16).fill(0)))).toThrow(ShapeError)
  })
})

describe('imageToTensor', () => {
  it('puts channels first, from −1 to 1', () => {
    const { dims, data } = imageToTensor(PICTURE)
    expect(dims).toEqual([1, 3, 2, 3])
    expect(data[0]).toBe(-1)
    expect(data[7]).toBeCloseTo((PICTURE.data[4] / 255) * 2 - 1, 6) // green of the second pixel
    expect(data[17]).toBeCloseTo((PICTURE.data[17] / 255) * 2 - 1, 6)
  })

  it('and back gives every byte again', () => {
    const bytes = Uint8Array.from({ length: 768 }, (_, i) => i % 256)
    const image = { width: 16, height: 16, data: bytes }
    expect(imageFromTensor(imageToTensor(image))).toEqual(image)
  })

  it('refuses a picture whose bytes do not fill it', () => {
    expect(() => imageToTensor({ width: 2, height: 2, data: new Uint8Array(16) })).toThrow(
      /2 × 2 pixels .* has 16 bytes\.\nExpected 12: \[2, 2, 3\]/,
    )
  })
})

it.each([
  [0, 0],
  [-1, -1],
  [1.5, 2],
])('a picture of %s × %s pixels is refused', async (width, height) => {
  const image = { width, height, data: new Uint8Array(width * height * 3) }
  expect(() => imageToTensor(image)).toThrow(ShapeError)
  await expect(encodePng(image)).rejects.toThrow(/whole numbers/)
})

describe('PNG', () => {
  it('comes back byte for byte, from a file in a folder that was not there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'png-'))
    const path = join(folder, 'new', 'picture.png')
    await savePng(path, PICTURE)
    expect(await decodePng(await readFile(path))).toEqual(PICTURE)
    await rm(folder, { recursive: true })
  })

  it('of greys becomes RGB', async () => {
    const grey = encode({ width: 2, height: 1, data: Uint8Array.of(7, 200), channels: 1, depth: 8 })
    expect([...(await decodePng(grey)).data]).toEqual([7, 7, 7, 200, 200, 200])
  })

  it('with transparency is laid on white', async () => {
    const data = Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0)
    const rgba = encode({ width: 2, height: 1, data, channels: 4, depth: 8 })
    expect([...(await decodePng(rgba)).data]).toEqual([10, 20, 30, 255, 255, 255])
  })

  it('of 16 bits is refused, with what to do', async () => {
    const deep = encode({ width: 1, height: 1, data: Uint16Array.of(1, 2, 3), channels: 3, depth: 16 })
    await expect(decodePng(deep)).rejects.toThrow(/16 bits a channel\.\nSave it/)
  })

  it('cut short, or no PNG at all, is refused', async () => {
    const whole = await encodePng(PICTURE)
    await expect(decodePng(whole.subarray(0, 40))).rejects.toThrow(ArgumentError)
    await expect(decodePng(new TextEncoder().encode('not a picture'))).rejects.toThrow(ArgumentError)
  })
})
