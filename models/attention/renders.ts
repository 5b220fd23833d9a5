import { readFile } from 'node:fs/promises'
import { decodePng, type Image } from '#harness'

/** Something that a caption names, and where in the picture it is. */
export interface Thing {
  /** `left`, `middle`, `right`, `top` or `plant`. */
  slot: string
  colour: string
  kind: string
  /** Row by row, whether the thing covers half of the patch or more. */
  mask: boolean[] // [rows · columns]
}

/** A picture of which it is known what is where. */
export interface Render {
  id: string
  caption: string
  image: Image
  things: Thing[]
}

/** As models/training/write_renders.py writes them. */
interface Written {
  renders: {
    file: string
    id: string
    caption: string
    things: { slot: string; colour: string; kind: string; mask: number[][] }[]
  }[]
}

const HALF = 0.5

export async function openRenders(): Promise<Render[]> {
  const folder = new URL('renders/', import.meta.url)
  const { renders } = JSON.parse(await readFile(new URL('captions.json', folder), 'utf8')) as Written
  return Promise.all(
    renders.map(async ({ file, id, caption, things }) => ({
      id,
      caption,
      image: await decodePng(await readFile(new URL(file, folder))),
      things: things.map(({ mask, ...thing }) => ({
        ...thing,
        mask: mask.flat().map((share) => share >= HALF),
      })),
    })),
  )
}
