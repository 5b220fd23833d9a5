import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/** Folders and files of the kit that decide over a grade. */
const KIT = ['grader', 'harness', 'exercises', 'solutions', 'models/sd3-medium', 'package-lock.json']

/**
 * A hash of all that a grade follows from besides the submission and the seed: the kit's code, the model, options.
 * The model's weights are known by their sizes and dates, which tell one checkpoint from another in no time.
 */
export async function circumstances(model: string, options: unknown): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([process.version, options]))
  for (const path of KIT) for (const file of await filesIn(resolve(path))) hash.update(await readFile(file))
  for (const file of await filesIn(resolve(model), /./)) {
    const { size, mtimeMs } = await stat(file)
    hash.update(JSON.stringify([file, size, mtimeMs]))
  }
  return hash.digest('hex')
}

const CODE = /(?<!\.test)\.(ts|json)$/

async function filesIn(path: string, pattern = CODE): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile() && pattern.test(entry.name))
  return files.map((entry) => join(entry.parentPath, entry.name)).sort()
}
