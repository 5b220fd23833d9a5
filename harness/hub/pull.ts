import { createHash } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isInside, readManifest, writeManifest } from '../checkpoint/manifest.ts'
import { HubError, UnsupportedError } from '../errors.ts'
import { chooseFiles, T5_PARTS } from './choose-files.ts'
import { download, type DownloadEvents } from './download.ts'
import type { Hub } from './hub.ts'
import { lockFolder } from './lock.ts'
import { fetchJson, readRepository, type RemoteFile, type Repository } from './repository.ts'

export interface PullOptions extends DownloadEvents {
  /** Leaves out the T5 encoder, as diffusers does with `text_encoder_3=None`. */
  withoutT5?: boolean
  /** Told who owns the weights, before anything that may be refused is asked for. */
  onRepository?: (repository: Repository) => void
  /** Told what will be in the folder. */
  onPlan?: (files: readonly RemoteFile[]) => void
}

const INDEX = 'model_index.json'

/**
 * Downloads what the harness reads of a Stable Diffusion 3 repository. `model_index.json` is written last: a folder
 * that has it is complete. `manifest.json` holds the sizes and hashes, for `verify`.
 * @throws HubError when the hub refuses or stays out of reach, UnsupportedError when the repository is no SD3
 */
export async function pull(hub: Hub, folder: string, options: PullOptions = {}): Promise<void> {
  const { withoutT5 = false, onRepository, onPlan } = options
  const { subject } = hub
  const repository = await readRepository(hub)
  const { commit, files, licence } = repository
  onRepository?.(repository)
  const index = await readIndex(hub, repository)
  if (withoutT5) for (const part of T5_PARTS) index[part] = [null, null]
  const chosen = chooseFiles(files, index)
  const strayed = chosen.find(({ path }) => !isInside(path))
  if (strayed) throw new HubError(`The hub lists ${JSON.stringify(strayed.path)}.`, 'Check HF_ENDPOINT.')
  onPlan?.(chosen)

  const unlock = await lockFolder(folder)
  try {
    await leaveOtherCommit(folder, subject.repository, commit)
    const hashes = await download(hub, commit, chosen, folder, options)
    const text = JSON.stringify(index, null, 2) + '\n'
    const entries = chosen.map(
      ({ path, size }) => [path, { bytes: size, sha256: hashes.get(path)! }] as const,
    )
    const sha256 = createHash('sha256').update(text).digest('hex')
    await writeManifest(folder, {
      source: { repository: subject.repository, commit, licence: licence.name },
      files: { ...Object.fromEntries(entries), [INDEX]: { bytes: Buffer.byteLength(text), sha256 } },
    })
    const path = join(folder, INDEX)
    await writeFile(`${path}.part`, text)
    await rename(`${path}.part`, path)
  } finally {
    await unlock()
  }
}

async function readIndex(hub: Hub, { commit, files }: Repository): Promise<Record<string, unknown>> {
  const { repository } = hub.subject
  const file = files.find(({ path }) => path === INDEX)
  if (!file) {
    const single = files.find(({ path }) => /\.(safetensors|ckpt|gguf)$/.test(path))
    throw new UnsupportedError(
      `${repository} has no ${INDEX}${single ? `: ${single.path} is a single-file checkpoint` : ''}.`,
      'This harness reads diffusers layout, as in stabilityai/stable-diffusion-3-medium-diffusers: npm run models -- pull sd3-medium.',
    )
  }
  const index = await fetchJson(hub, commit, file)
  if (index._class_name === 'StableDiffusion3Pipeline') return index
  throw new UnsupportedError(
    `${repository} is a ${JSON.stringify(index._class_name)}.`,
    'This harness runs StableDiffusion3Pipeline checkpoints.',
  )
}

/** What another commit left is no complete checkpoint any more as soon as its files are replaced. */
async function leaveOtherCommit(folder: string, repository: string, commit: string): Promise<void> {
  const text = await readFile(join(folder, INDEX), 'utf8').catch(() => null)
  if (text === null) return
  const { source } = await readManifest(folder).catch(() => ({ source: undefined }))
  if (source?.repository !== repository) {
    throw new HubError(
      `${folder} holds ${source ? source.repository : 'a checkpoint that was not pulled'}.`,
      'Name another folder with --to, or move this one away.',
    )
  }
  if (source.commit !== commit) await rm(join(folder, INDEX))
}
