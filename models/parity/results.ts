import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the stages of one run leave what they measured: `WORKDIR/results/NAME.json`. */
export function resultPath(work: string, name: string): string {
  return join(work, 'results', `${name}.json`)
}

/** Stores a stage's result so far; a crash later on leaves it whole. */
export async function writeResult(work: string, name: string, result: unknown): Promise<void> {
  const path = resultPath(work, name)
  await mkdir(join(work, 'results'), { recursive: true })
  await writeFile(`${path}.partial`, JSON.stringify(result, null, 1) + '\n')
  await rename(`${path}.partial`, path)
}

/** A stage's result, or null when the stage did not run. */
export async function readResult<T>(work: string, name: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(resultPath(work, name), 'utf8')) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** The results whose names begin like this, by name. */
export async function readResults<T>(work: string, start: string): Promise<T[]> {
  const files = (await readdir(join(work, 'results'))).filter(
    (file) => file.startsWith(start) && file.endsWith('.json'),
  )
  return Promise.all(files.sort().map(async (file) => (await readResult<T>(work, file.slice(0, -5)))!))
}
