import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export interface Asset {
  type: string
  body: Uint8Array
}

/** The page's files by their path, built in memory: one of HTML, one of script, one of style, an icon; and the lesson. */
export async function loadAssets(): Promise<Map<string, Asset>> {
  const { outputFiles } = await build({
    entryPoints: { explorer: at('page/main.tsx') },
    outdir: 'out', // nothing is written
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  })
  const built = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))!.contents
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', body: await readFile(at('page/index.html')) }],
    ['/explorer.js', { type: 'text/javascript; charset=utf-8', body: built('.js') }],
    ['/explorer.css', { type: 'text/css; charset=utf-8', body: built('.css') }],
    ['/icon.svg', { type: 'image/svg+xml', body: await readFile(at('page/icon.svg')) }],
    [
      '/lesson',
      {
        type: 'text/plain; charset=utf-8',
        body: await readFile(at('../../../exercises/02-joint-attention/README.md')),
      },
    ],
  ])
}
