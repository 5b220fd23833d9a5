import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { open, readdir, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { ArgumentError } from '../../errors.ts'
import { providerFiles } from '../../runtime/cuda/provider.ts'

const run = promisify(execFile)

/**
 * Takes the provider's files out of an archive, whatever folder they lie in there: a `.tgz`, or a zip (`.whl`, `.nupkg`).
 * @throws ArgumentError when it is neither, is damaged, or holds no provider
 */
export async function extractProvider(archive: string, folder: string): Promise<void> {
  const kind = await kindOf(archive)
  if (kind === null) {
    throw new ArgumentError(
      `${archive} is neither a .tgz nor a zip.`,
      'Pass an archive that holds the provider.',
    )
  }
  try {
    await (kind === 'zip' ? unzip(archive, folder) : untar(archive, folder))
  } catch (cause) {
    throw new ArgumentError(
      `${archive} cannot be unpacked: ${(cause as Error).message.trim().split('\n').at(-1)}.`,
      'Fetch it again: it may be damaged.',
    )
  }
  const found = await readdir(folder, { withFileTypes: true })
  // A link would be followed out of the archive.
  const missing = providerFiles.filter(
    (name) => !found.some((entry) => entry.name === name && entry.isFile()),
  )
  if (missing.length > 0) {
    throw new ArgumentError(
      `${archive} holds no ${missing.join(' and no ')}.`,
      "Pass an archive of onnxruntime 1.29.0's GPU build for Linux x64.",
    )
  }
}

async function kindOf(path: string): Promise<'tgz' | 'zip' | null> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new ArgumentError(`${path} cannot be read: ${cause.code}.`, 'Pass the path of an archive.')
  })
  const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
  await file.close()
  if (buffer.readUInt16BE(0) === 0x1f8b) return 'tgz'
  return buffer.readUInt32BE(0) === 0x504b0304 ? 'zip' : null
}

async function untar(archive: string, folder: string): Promise<void> {
  const { stdout } = await run('tar', ['-tzf', archive], { maxBuffer: 2 ** 26 })
  const members = stdout.split('\n').filter((member) => isProviderFile(member))
  if (members.length === 0) return
  const depth = members[0].split('/').length - 1
  await run('tar', [
    '-xzf',
    archive,
    '-C',
    folder,
    `--strip-components=${depth}`,
    '--no-same-owner',
    ...members,
  ])
}

async function unzip(archive: string, folder: string): Promise<void> {
  const yauzl = await import('yauzl')
  const zip = await yauzl.openPromise(archive, { lazyEntries: true, autoClose: false })
  try {
    for await (const entry of zip.eachEntry()) {
      if (!isProviderFile(entry.fileName)) continue
      const target = join(folder, basename(entry.fileName))
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(`${target}.part`))
      await rename(`${target}.part`, target)
    }
  } finally {
    zip.close()
  }
}

function isProviderFile(member: string): boolean {
  return (providerFiles as readonly string[]).includes(basename(member))
}
