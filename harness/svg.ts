import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Image } from './image.ts'

/** How text is set: a size in pixels and a weight, in the one family that is loaded. */
export interface TextStyle {
  size: number
  bold: boolean
}

/** Draws SVG with fonts of its own, so that a figure looks the same on every machine. */
export interface SvgRenderer {
  /** Draws a whole document on white. */
  render(svg: string): Image
  /** A line's width in pixels. */
  textWidth(text: string, style: TextStyle): number
}

const FAMILY = 'DejaVu Sans Condensed'

let renderer: Promise<SvgRenderer> | undefined

/** Loads the renderer and its fonts, once a process: its WebAssembly refuses a second start. */
export function loadSvgRenderer(): Promise<SvgRenderer> {
  return (renderer ??= load())
}

/** A `<text>` element; `text` may hold anything. */
export function svgText(text: string, x: number, y: number, { size, bold }: TextStyle): string {
  const weight = bold ? 'bold' : 'normal'
  return `<text x="${x}" y="${y}" font-family="${FAMILY}" font-size="${size}" font-weight="${weight}" fill="#1b1b1f">${escape(text)}</text>`
}

async function load(): Promise<SvgRenderer> {
  const { Resvg, initWasm } = await import('@resvg/resvg-wasm')
  const { resolve } = createRequire(import.meta.url)
  await initWasm(readFile(resolve('@resvg/resvg-wasm/index_bg.wasm')))
  const files = ['DejaVuSansCondensed.ttf', 'DejaVuSansCondensed-Bold.ttf']
  const fontBuffers = await Promise.all(
    files.map((file) => readFile(resolve(`dejavu-fonts-ttf/ttf/${file}`))),
  )
  const options = { font: { fontBuffers, defaultFontFamily: FAMILY }, background: 'white' }

  return {
    render(svg) {
      const document = new Resvg(svg, options)
      const rendered = document.render()
      const { width, height, pixels } = rendered
      rendered.free()
      document.free()
      const data = new Uint8Array(width * height * 3) // [height, width, 3]
      for (let i = 0; i < data.length; i++) data[i] = pixels[Math.floor(i / 3) * 4 + (i % 3)]
      return { width, height, data }
    },
    textWidth(text, style) {
      const document = new Resvg(svgDocument(1, 1, svgText(text, 0, 0, style)), options)
      const width = document.getBBox()?.width ?? 0
      document.free()
      return width
    },
  }
}

/** Wraps elements into a document of the given size in pixels. */
export function svgDocument(width: number, height: number, elements: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${elements}</svg>`
}

/** XML has no place for control characters and broken surrogates, not even escaped. */
function escape(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, ' ')
    .replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
