import { constants } from 'node:fs'
import { lstat, open } from 'node:fs/promises'
import { join } from 'node:path'
import { modulePath, type Exercise } from '#grader/manifest/index.ts'
import { SandboxError } from './errors.ts'
import { limits } from './limits.ts'

/** One submitted file: where it lay, relative to the submission, and its text. */
export interface Source {
  path: string
  text: string
}

/**
 * Reads the module of an exercise from a submission: `exercises/<id>/<slug>.ts`, or the same file directly
 * in `<id>/` or in the submission's root. Null when there is none.
 */
export async function readExerciseSource(submission: string, exercise: Exercise): Promise<Source | null> {
  const places = [`exercises/${modulePath(exercise)}`, modulePath(exercise), `${exercise.slug}.ts`]
  for (const path of places) {
    const text = await readSource(submission, path)
    if (text !== null) return { path, text }
  }
  return null
}

/**
 * Reads one file of a submission; null when it is not there.
 * @throws SandboxError when it, or a folder on the way, is a link, no regular file, or too large
 */
export async function readSource(submission: string, path: string): Promise<string | null> {
  const names = path.split('/')
  for (let depth = 1; depth <= names.length; depth++) {
    const part = names.slice(0, depth).join('/')
    const stats = await lstat(join(submission, part)).catch(() => null)
    if (!stats) return null
    const isRight = depth < names.length ? stats.isDirectory() : stats.isFile()
    if (!isRight) {
      const kind = stats.isSymbolicLink() ? 'a symbolic link' : 'neither a file nor a folder as expected'
      throw new SandboxError('REFUSED', `${part} is ${kind}.`, 'Submit regular files in regular folders.')
    }
  }
  // The path was looked at above; these flags hold should it have changed since.
  const handle = await open(
    join(submission, path),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  ).catch(() => {
    throw new SandboxError('REFUSED', `${path} cannot be opened.`, 'Submit files that anyone may read.')
  })
  try {
    const stats = await handle.stat()
    if (!stats.isFile() || stats.size > limits.sourceBytes) {
      const most = `${limits.sourceBytes / 1024} KB`
      throw new SandboxError(
        'REFUSED',
        `${path} is ${stats.size} bytes large.`,
        `Submit source files of at most ${most}.`,
      )
    }
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}
