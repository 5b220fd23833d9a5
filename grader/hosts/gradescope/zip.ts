import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zipSync, type ZippableFile } from 'fflate'

/** What grading needs, and no more: no tests, no attack samples, no pictures for the README. */
const PARTS = [
  ...['exercises', 'solutions', 'harness', 'grader'],
  ...['models/sd3-nano', 'models/ddpm-twin', 'models/sd3-medium'],
  ...['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'vitest.config.ts', 'LICENSE'],
]
const LEFT_OUT = /\.test\.ts$|^grader\/(attacks|hosts)\/|^grader\/writers\/(golden|schemas|fixture)/

/** The same bytes for the same files: the oldest time that a zip can hold. */
const TIME = new Date(1980, 0, 1)

/**
 * The zip to upload as Gradescope's autograder: its two scripts at the root, the kit beside them.
 * @param root the kit's folder
 */
export async function gradescopeZip(root: string): Promise<Uint8Array> {
  const files: Record<string, ZippableFile> = {}
  for (const script of ['setup.sh', 'run_autograder']) {
    files[script] = entry(await readFile(join(root, 'grader/hosts/gradescope', script)), 0o755)
  }
  for (const part of PARTS) {
    for (const path of await filesIn(root, part)) {
      if (!LEFT_OUT.test(path)) files[`kit/${path}`] = entry(await readFile(join(root, path)), 0o644)
    }
  }
  return zipSync(files, { mtime: TIME })
}

/** Regular files below a path, in one order everywhere; the path itself when it is one. */
async function filesIn(root: string, path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null
    throw error
  })
  if (entries === null) return [path]
  const kept = entries.filter((one) => one.isDirectory() || one.isFile()).filter((one) => !isCache(one.name))
  const below = await Promise.all(kept.map(({ name }) => filesIn(root, `${path}/${name}`)))
  return below.flat().sort()
}

function isCache(name: string): boolean {
  return name === '__pycache__' || name === 'node_modules'
}

function entry(data: Uint8Array, mode: number): ZippableFile {
  // 3 is Unix: the permissions are in the upper half of the attributes.
  return [data, { level: 6, os: 3, attrs: (0o100000 | mode) << 16 }]
}
