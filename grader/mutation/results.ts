import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Exercise } from '#grader/manifest/index.ts'
import type { Mutation } from './run-stryker.ts'

/** A finished exercise, kept so that a run that was ended goes on where it was. */
export interface Kept {
  key: string
  seconds: number
  source: string
  mutants: Mutation[]
}

/** What the models that the specs draw with are. */
const manifests = ['sd3-nano', 'ddpm-twin'].map((model) => `models/${model}/manifest.json`)

/** Everything that a mutant's fate depends on: the solution, its specs, what they are made of, the harness, the model. */
export async function keyOf({ id }: Exercise, version: string): Promise<string> {
  const folders = [
    `solutions/${id}`,
    `exercises/${id}`,
    'grader/spec',
    'grader/oracles',
    'grader/manifest',
    'harness',
  ]
  const hash = await hashFiles(folders)
  for (const file of ['grader/mutation/vitest.config.ts', ...manifests]) hash.update(await readFile(file))
  return hash.update(version).digest('hex')
}

/** What the model's answers depend on. */
export async function memoKey(): Promise<string> {
  const hash = await hashFiles(['harness'])
  for (const file of manifests) hash.update(await readFile(file))
  return hash.digest('hex').slice(0, 16)
}

async function hashFiles(folders: string[]) {
  const hash = createHash('sha256')
  for (const folder of folders) {
    const files = (await readdir(folder, { recursive: true })).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    )
    for (const name of files.sort()) hash.update(name).update(await readFile(join(folder, name)))
  }
  return hash
}

export async function keep(folder: string, { id }: Exercise, kept: Kept): Promise<void> {
  await writeFile(join(folder, `${id}.json`), JSON.stringify(kept))
}

/** Null when the exercise has not been run, or something has changed since. */
export async function recall(folder: string, { id }: Exercise, key: string): Promise<Kept | null> {
  const text = await readFile(join(folder, `${id}.json`), 'utf8').catch(() => null)
  const kept = text === null ? null : (JSON.parse(text) as Kept)
  return kept?.key === key ? kept : null
}
