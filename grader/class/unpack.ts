import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { limits } from '#grader/sandbox/limits.ts'
import { isAllowed, isModule, isSurplus, MOST_FILES, tooManyFiles } from './allowed-files.ts'
import { SubmissionRefused } from './refused.ts'

/** Of a zip with the whole kit in it, models included, there is still room. */
const zipLimits = {
  entries: 20_000,
  /** Of all entries, unpacked. Those that grading does not read are never unpacked. */
  bytes: 2 ** 31,
  /** Unpacked to packed, of entries larger than `smallBytes`. */
  ratio: 200,
  smallBytes: 2 ** 20,
}

const FILE_TYPE = 0o170000
const REGULAR = 0o100000
const DIRECTORY = 0o040000

/**
 * Unpacks the files of a submission that grading reads, and no others; nothing is written when any entry is suspect.
 * @returns when the newest of them was changed, as the zip says; null when it holds none
 * @throws SubmissionRefused for a damaged, encrypted or hostile archive
 */
export async function unpack(zip: string, target: string): Promise<Date | null> {
  const archive = await openPromise(zip, { lazyEntries: true, autoClose: false }).catch(damaged)
  try {
    const entries = await readEntries(archive)
    check(entries, (await stat(zip)).size)
    const wanted = findWanted(entries)
    for (const [path, entry] of wanted) {
      const text = await readEntry(archive, entry)
      await mkdir(dirname(join(target, path)), { recursive: true })
      await writeFile(join(target, path), text)
    }
    const times = [...wanted.values()].map((entry) => entry.getLastModDate().getTime())
    return times.length > 0 ? new Date(Math.max(...times)) : null
  } finally {
    archive.close()
  }
}

/** yauzl itself refuses absolute names, backslashes, `..` and entries that lie outside the archive. */
async function readEntries(archive: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = []
  if (archive.entryCount > zipLimits.entries) throw tooMany(archive.entryCount)
  return new Promise((resolve, reject) => {
    archive.on('entry', (entry: Entry) => {
      entries.push(entry)
      if (entries.length > zipLimits.entries) reject(tooMany(entries.length))
      else archive.readEntry()
    })
    archive.on('end', () => resolve(entries))
    archive.on('error', (error) => reject(refusal(error)))
    archive.readEntry()
  })
}

function check(entries: readonly Entry[], packed: number): void {
  const seen = new Map<string, string>()
  let bytes = 0
  for (const entry of entries) {
    const { fileName, uncompressedSize, compressedSize } = entry
    bytes += uncompressedSize
    const name = quoted(fileName)
    if (isSurplus(fileName)) continue
    const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE
    if (type !== 0 && type !== REGULAR && type !== DIRECTORY)
      throw new SubmissionRefused(`The zip holds ${name}, a link or device.`, 'Zip regular files.')
    if (entry.isEncrypted())
      throw new SubmissionRefused(`The zip holds ${name}, encrypted.`, 'Zip without a password.')
    if (
      uncompressedSize > zipLimits.smallBytes &&
      uncompressedSize > zipLimits.ratio * Math.max(compressedSize, 1)
    )
      throw bomb(`${name} grows to more than ${zipLimits.ratio} times its packed size`)
    const folded = fold(fileName)
    const twin = seen.get(folded)
    if (twin !== undefined) {
      const both = twin === fileName ? `${name} twice` : `both ${quoted(twin)} and ${name}`
      throw new SubmissionRefused(`The zip holds ${both}.`, 'Give every file a name of its own.')
    }
    seen.set(folded, fileName)
  }
  if (bytes > zipLimits.bytes || bytes > zipLimits.bytes / 8 + zipLimits.ratio * packed)
    throw bomb(`its files are ${Math.ceil(bytes / 2 ** 20)} MB together`)
}

/** The allowed files, by their paths below the folder that holds them: archives of hosts wrap everything in one. */
function findWanted(entries: readonly Entry[]): Map<string, Entry> {
  const names = entries.map(({ fileName }) => fileName).filter((name) => !isSurplus(name))
  const roots = [...new Set(names.flatMap(rootsOf))].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  const [root = '', second] = roots
  if (second?.length === root.length) {
    const problem = `The zip holds exercises in ${quoted(root)} and in ${quoted(second)}.`
    throw new SubmissionRefused(problem, 'Zip one exercises folder.')
  }
  const wanted = new Map<string, Entry>()
  for (const entry of entries) {
    if (!entry.fileName.startsWith(root)) continue
    const path = entry.fileName.slice(root.length)
    if (isAllowed(path) && !isSurplus(entry.fileName)) wanted.set(path, entry)
  }
  if (wanted.size > MOST_FILES) throw tooManyFiles(wanted.size)
  return wanted
}

const DEEPEST_ROOT = 4

/** Folders below which a name is an exercise's module: `repo-main/` for `repo-main/exercises/…`. */
function rootsOf(name: string): string[] {
  const parts = name.split('/')
  return parts.flatMap((_, depth) => {
    const isRoot = depth <= DEEPEST_ROOT && isModule(parts.slice(depth).join('/'))
    // `solutions/01-…/x.ts` and a lone `x.ts` deep down are found by shallower roots first.
    return isRoot
      ? [
          parts
            .slice(0, depth)
            .map((part) => `${part}/`)
            .join(''),
        ]
      : []
  })
}

async function readEntry(archive: ZipFile, entry: Entry): Promise<Buffer> {
  if (entry.uncompressedSize > limits.sourceBytes) {
    const most = `${limits.sourceBytes / 1024} KB`
    throw new SubmissionRefused(
      `${quoted(entry.fileName)} is ${entry.uncompressedSize} bytes large.`,
      `Submit source files of at most ${most}.`,
    )
  }
  const chunks: Buffer[] = []
  try {
    // yauzl ends the stream with an error when more comes than the archive had announced.
    for await (const chunk of await archive.openReadStreamPromise(entry)) chunks.push(chunk as Buffer)
  } catch (error) {
    throw refusal(error)
  }
  return Buffer.concat(chunks)
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\/$/, '')
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 77)}…` : name)
}

function tooMany(count: number): SubmissionRefused {
  const problem = `The zip holds ${count} entries or more; at most ${zipLimits.entries} are looked at.`
  return new SubmissionRefused(problem, 'Zip the exercises folder alone, without node_modules.')
}

function bomb(how: string): SubmissionRefused {
  return new SubmissionRefused(`The zip is not unpacked: ${how}.`, 'Zip the exercises folder alone.')
}

function damaged(error: unknown): never {
  throw refusal(error)
}

function refusal(error: unknown): Error {
  if (error instanceof SubmissionRefused) return error
  const { message } = error as Error
  return new SubmissionRefused(
    `The zip cannot be read: ${message.slice(0, 200).replace(/\.+$/, '')}.`,
    'Make it again, with relative names and no password.',
  )
}
