/** Reaches for files through WebAssembly's system interface. */
import { WASI } from 'node:wasi'

export async function answer() {
  const wasi = new WASI({ version: 'preview1', preopens: { '/': '/' } })
  const { path_open } = wasi.wasiImport
  return typeof path_open === 'function' ? 41 : 0
}

export async function other(a, b) {
  return a + b
}
