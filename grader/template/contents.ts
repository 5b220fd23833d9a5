import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** What students get of the kit. */
const PARTS = [
  ...['exercises', 'harness', 'models', 'grader', '.devcontainer'],
  ...['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'vitest.config.ts', 'LICENSE'],
  ...['.gitattributes', '.gitignore', 'eslint.config.mjs', '.prettierrc.json', '.prettierignore'],
]

/**
 * And what of it they do not: whatever holds solutions, or pieces of them, and what only instructors use.
 * The specs and what they compare with stay, since `npm test` runs them.
 */
const LEFT_OUT = [
  /^grader\/(attacks|hosts|mutation|similarity|template|text|verify)\//,
  /^grader\/mutants\/(\d\d-.*|cli|misconceptions)\.ts$/,
  /^grader\/class\/(bench|class-of|process-tree)\.ts$/,
  /^grader\/(writers\/(golden|schemas|fixture)|sandbox\/fixture)/,
  /^grader\/.*(\.test\.tsx?|\.md)$/,
  /^models\/pulled\//,
  /(^|\/)(node_modules|__pycache__|out)\//,
  /\.(log|pyc)$/,
]

/** The paths of a student's repository, relative to the kit, in one order everywhere. */
export async function templatePaths(root: string): Promise<string[]> {
  const found = await Promise.all(PARTS.map((part) => filesIn(root, part)))
  return found.flat().sort()
}

/** Regular files below a path that are not left out; the path itself when it is one. */
async function filesIn(root: string, path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null
    throw error
  })
  if (entries === null) return isLeftOut(path) ? [] : [path]
  const below = entries
    .filter((entry) => (entry.isDirectory() && !isLeftOut(`${path}/${entry.name}/`)) || entry.isFile())
    .map(({ name }) => filesIn(root, `${path}/${name}`))
  return (await Promise.all(below)).flat()
}

function isLeftOut(path: string): boolean {
  return LEFT_OUT.some((pattern) => pattern.test(path))
}
