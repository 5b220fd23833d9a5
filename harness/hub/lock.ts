import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HubError } from '../errors.ts'

/**
 * Makes sure that one process at a time downloads into a folder.
 * @returns what ends it
 * @throws HubError when another one does
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new HubError(
      `${folder} cannot be made: ${(cause as NodeJS.ErrnoException).code}.`,
      'Name a folder you may write to with --to.',
      { cause },
    )
  })
  const path = join(folder, '.pull-lock')
  for (;;) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' })
      return () => rm(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const owner = Number(await readFile(path, 'utf8').catch(() => ''))
      if (owner !== process.pid && isRunning(owner)) {
        throw new HubError(
          `Process ${owner} is downloading into ${folder}.`,
          `Wait until it is done; if there is no such download, remove ${path}.`,
        )
      }
      // Its owner was ended before it could tidy up.
      await rm(path, { force: true })
    }
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
