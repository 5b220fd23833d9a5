import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build, type BuildOptions } from 'esbuild'

/** Native addons do not load in a sandbox. The harness imports this one only when a network runs, which is never there. */
const NATIVE_PACKAGES = ['onnxruntime-node']

/** What the harness reads from its packages when it draws text; copied, since the sandbox sees no node_modules. */
const ASSETS = [
  '@resvg/resvg-wasm/package.json',
  '@resvg/resvg-wasm/index_bg.wasm',
  'dejavu-fonts-ttf/package.json',
  'dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf',
  'dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf',
]

/** The files that a student's process may read beside its exercise. */
export interface Runtime {
  /** What it runs. */
  program: string
  /** What `#harness` stands for. */
  harness: string
  /** See `proveLauncher`. */
  probe: string
}

/** Bundles what a student's process needs to run, and nothing else. */
export async function buildRuntime(folder: string): Promise<Runtime> {
  await mkdir(folder, { recursive: true })
  const shared: BuildOptions = {
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outdir: folder,
    logLevel: 'silent',
  }
  const child = (name: string) => resolve('grader/sandbox/child', name)
  await build({ ...shared, entryPoints: { program: child('main.ts'), probe: child('probe.ts') } })
  await build({
    ...shared,
    entryPoints: { harness: resolve('harness/index.ts') },
    splitting: true,
    external: NATIVE_PACKAGES,
  })
  for (const asset of ASSETS) {
    await cp(resolve('node_modules', asset), join(folder, 'node_modules', asset))
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  return {
    program: join(folder, 'program.js'),
    harness: join(folder, 'harness.js'),
    probe: join(folder, 'probe.js'),
  }
}
