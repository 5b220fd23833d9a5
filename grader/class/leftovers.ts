import { readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'

const OWNER = 'owner.json'
/** As `openWorkshop` names its folders. */
const WORKSHOP = /^grade-\w{6}$/

interface Owner {
  pid: number
  /** When the process started, as the system counts; another process with the same number has another time. */
  start: string | null
}

/** Notes in a folder that this process owns it. */
export async function claim(folder: string): Promise<void> {
  const owner: Owner = { pid: process.pid, start: await startOf(process.pid) }
  // Whole or not at all: this process may be killed while it writes.
  await writeFileAtomic(join(folder, OWNER), JSON.stringify(owner), { mode: 0o600 })
}

export async function disclaim(folder: string): Promise<void> {
  await rm(join(folder, OWNER), { force: true })
}

/** The process that claimed a folder; null when it did not, or is no more. */
export async function ownerOf(folder: string): Promise<number | null> {
  const owner = readOwner(await readFile(join(folder, OWNER), 'utf8').catch(() => ''))
  return owner && isAlive(owner.pid) && (await startOf(owner.pid)) === owner.start ? owner.pid : null
}

/** Null for what is no note of an owner: a disk that failed must not keep every later run from grading. */
function readOwner(text: string): Owner | null {
  try {
    const owner = JSON.parse(text) as Partial<Owner> | null
    return Number.isInteger(owner?.pid) ? (owner as Owner) : null
  } catch {
    return null
  }
}

/**
 * Ends the processes and removes the folders of runs that were killed. Their processes are known by the folder's
 * name in their command lines, so that no other can be meant.
 */
export async function cleanLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const folder = join(tmpdir(), name)
    if (!WORKSHOP.test(name)) continue
    const isClaimed = (await readFile(join(folder, OWNER)).catch(() => null)) !== null
    if (!isClaimed || (await ownerOf(folder)) !== null) continue
    for (const pid of await processesNaming(name)) kill(pid)
    await rm(folder, { recursive: true, force: true })
  }
}

/** Linux alone says so in files; elsewhere the workers end by themselves when their parent is gone. */
async function processesNaming(name: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry)).map(Number)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return line.includes(`/${name}`) && pid !== process.pid ? [pid] : []
    }),
  )
  return found.flat()
}

async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // The program's name, in brackets, may hold spaces; field 22 is the twentieth after it.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself, or is another user's.
  }
}
