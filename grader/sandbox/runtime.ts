import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build, type BuildOptions } from 'esbuild'

/** Native addons do not load in a sandbox. The harness imports this one only when a network runs, which is never there. */
const NATIVE_PACKAGES = ['onnxruntime-node']

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
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  return {
    program: join(folder, 'program.js'),
    harness: join(folder, 'harness.js'),
    probe: join(folder, 'probe.js'),
  }
}
