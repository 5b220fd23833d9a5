import { stat } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { MANIFEST, readManifest } from '../../checkpoint/manifest.ts'
import { CheckpointError } from '../../errors.ts'
import { digestFile } from '../../hub/file-digest.ts'
import { knownModels } from '../../hub/known-models.ts'

/** Compares every file that `manifest.json` names with its size and SHA-256. @returns 1 when one differs */
export async function verifyModel(folder: string): Promise<number> {
  if (!existsSync(join(folder, MANIFEST))) {
    throw new CheckpointError(
      `There is no ${join(folder, MANIFEST)}.`,
      'Only the bundled checkpoints and those that npm run models -- pull fetched come with hashes to verify.',
    )
  }
  const { files, source } = await readManifest(folder)
  let damaged = 0
  for (const [name, expected] of Object.entries(files)) {
    const problem = await difference(join(folder, name), expected)
    if (problem) damaged++
    console.log(`${problem ? 'damaged' : 'ok     '} ${name}${problem ? `: ${problem}` : ''}`)
  }
  if (damaged === 0) {
    console.log(`All ${Object.keys(files).length} files are as ${MANIFEST} says.`)
    return 0
  }
  const alias = Object.entries(knownModels).find(([, repository]) => repository === source?.repository)
  const place = relative('', folder) || '.'
  const repair = source
    ? `npm run models -- pull ${alias?.[0] ?? source.repository} --revision ${source.commit} --to ${place}`
    : `git checkout -- ${place}`
  console.error(`${damaged} of ${Object.keys(files).length} files differ.\nRestore them: ${repair}`)
  return 1
}

async function difference(
  path: string,
  { bytes, sha256 }: { bytes: number; sha256: string },
): Promise<string | null> {
  const info = await stat(path).catch(() => null)
  if (!info) return 'missing'
  if (info.size !== bytes) return `${info.size} bytes, expected ${bytes}`
  const hash = createHash('sha256')
  await digestFile(path, hash)
  const received = hash.digest('hex')
  return received === sha256 ? null : `SHA-256 ${received}, expected ${sha256}`
}
