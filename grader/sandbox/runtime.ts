import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build, type BuildOptions } from 'esbuild'

/** Native addons do not load in a sandbox. The harness imports this one only when a network runs, which is never there. */
const NATIVE_PACKAGES = ['onnxruntime-node']

/**
 * Bundles what a student's process needs to run, and nothing else: its own small program, and `#harness`.
 * @returns the two files inside `folder`
 */
export async function buildRuntime(folder: string): Promise<{ program: string; harness: string }> {
  await mkdir(folder, { recursive: true })
  const shared: BuildOptions = {
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outdir: folder,
    logLevel: 'silent',
  }
  await build({ ...shared, entryPoints: { program: resolve('grader/sandbox/child/main.ts') } })
  await build({
    ...shared,
    entryPoints: { harness: resolve('harness/index.ts') },
    splitting: true,
    external: NATIVE_PACKAGES,
  })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  return { program: join(folder, 'program.js'), harness: join(folder, 'harness.js') }
}
