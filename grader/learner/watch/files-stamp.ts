import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Exercise } from '#grader/manifest/index.ts'

/** The TypeScript files of an exercise, relative to the kit's folder. */
export async function filesOf({ id }: Exercise): Promise<string[]> {
  const names = await readdir(join('exercises', id)).catch(() => [])
  return names.filter((name) => name.endsWith('.ts')).map((name) => join('exercises', id, name))
}

/**
 * Differs as soon as one of an exercise's files was written, even with what it held before: while an editor writes,
 * a file is empty or half there, and whoever loads it then has loaded neither the old text nor the new.
 */
export async function filesStamp(exercise: Exercise): Promise<string> {
  const stamps = await Promise.all(
    (await filesOf(exercise)).map(async (file) => {
      const found = await stat(file, { bigint: true }).catch(() => null)
      return `${file} ${found?.ino} ${found?.mtimeNs} ${found?.size}`
    }),
  )
  return stamps.join('\n')
}
