import { execFile } from 'node:child_process'
import { lstat, mkdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const LARGEST_REF = 2 ** 20
/** A commit that is three hundred megabytes large is three hundred kilobytes on the disk. */
const MOST_MEMORY = '64m'
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/
const run = promisify(execFile)

/**
 * When the commit was made that a repository's HEAD names; null where that cannot be told. Git never sees the
 * repository's own configuration, which may name programs to run: it is asked in an empty repository of ours about
 * an object of theirs.
 * @param scratch a folder to lay that repository out in
 */
export async function commitTime(repository: string, scratch: string): Promise<Date | null> {
  try {
    const git = join(repository, '.git')
    if (!(await lstat(git)).isDirectory()) return null
    const commit = await headOf(git)
    if (commit === null) return null
    const objects = await realpath(join(git, 'objects'))
    if (objects !== join(await realpath(git), 'objects')) return null
    const empty = await emptyRepository(scratch)
    const { stdout } = await run('git', ['--no-replace-objects', 'cat-file', 'commit', commit], {
      env: {
        PATH: process.env.PATH,
        GIT_DIR: empty,
        GIT_OBJECT_DIRECTORY: objects,
        GIT_CONFIG_GLOBAL: devNull,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_NO_LAZY_FETCH: '1',
        GIT_ALLOC_LIMIT: MOST_MEMORY,
      },
      timeout: 10_000,
      maxBuffer: LARGEST_REF,
      windowsHide: true,
    })
    const seconds = /^committer .* (\d{1,12}) [+-]\d{4}$/m.exec(stdout)?.[1]
    return seconds === undefined ? null : new Date(1000 * Number(seconds))
  } catch {
    return null // No git, no commit, nothing that git can read.
  }
}

async function headOf(git: string): Promise<string | null> {
  const head = (await readSmall(join(git, 'HEAD'))).trim()
  if (COMMIT.test(head)) return head
  const ref = /^ref: (refs\/[\w./-]{1,200})$/.exec(head)?.[1]
  if (ref === undefined || ref.includes('..')) return null
  const loose = (await readSmall(join(git, ref)).catch(() => '')).trim()
  if (COMMIT.test(loose)) return loose
  const packed = await readSmall(join(git, 'packed-refs'))
  const line = packed.split('\n').find((one) => one.endsWith(` ${ref}`))
  const commit = line?.split(' ')[0] ?? ''
  return COMMIT.test(commit) ? commit : null
}

async function readSmall(path: string): Promise<string> {
  const stats = await lstat(path)
  if (!stats.isFile() || stats.size > LARGEST_REF) throw new Error('No regular small file.')
  return readFile(path, 'utf8')
}

async function emptyRepository(scratch: string): Promise<string> {
  const folder = join(scratch, 'empty.git')
  await mkdir(join(folder, 'refs'), { recursive: true })
  await mkdir(join(folder, 'objects'), { recursive: true })
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/main\n')
  return folder
}
