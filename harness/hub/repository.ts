import { HubError } from '../errors.ts'
import type { ContentHash } from './file-digest.ts'
import { FileDigest } from './file-digest.ts'
import type { Hub } from './hub.ts'
import { printable } from './refusals.ts'

/** A file of a repository on the hub. */
export interface RemoteFile {
  path: string
  /** In bytes. */
  size: number
  hash: ContentHash
}

export interface Repository {
  /** The commit that the revision stands at: all files are taken from it. */
  commit: string
  gated: boolean
  /** The licence's name and address as the model card states them. */
  licence: { name: string; url: string }
  files: RemoteFile[]
}

/** More than this is no config file. */
const MAX_JSON_BYTES = 10_000_000

/** Asks the hub what a repository holds; of a gated one it tells this to everyone. @throws HubError */
export async function readRepository(hub: Hub): Promise<Repository> {
  // Loaded here, so that nothing else pays for it.
  const { listFiles, modelInfo } = await import('@huggingface/hub')
  const { settings, subject } = hub
  const { repository: name, revision } = subject
  const common = { hubUrl: settings.endpoint, fetch: hub.fetch }
  const info = await modelInfo({ ...common, name, revision, additionalFields: ['sha', 'cardData'] }).catch(
    explain,
  )
  const commit: unknown = info.sha
  if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit)) throw strange(hub, 'no commit')
  const files: RemoteFile[] = []
  const listing = listFiles({ ...common, repo: { type: 'model', name }, recursive: true, revision: commit })
  try {
    for await (const { type, path, size, oid, lfs } of listing) {
      if (type !== 'file') continue
      const hash = lfs ? { sha256: lfs.oid.replace(/^sha256:/, '') } : { gitBlob: oid ?? '' }
      files.push({ path, size: lfs?.size ?? size, hash })
    }
  } catch (error) {
    explain(error)
  }
  return { commit, gated: Boolean(info.gated), licence: licenceOf(hub, info.cardData), files }

  function explain(error: unknown): never {
    if (error instanceof HubError || hub.signal?.aborted) throw error
    throw strange(hub, (error as Error).message, error)
  }
}

/** A small JSON file of the repository, its hash checked. @throws HubError */
export async function fetchJson(
  hub: Hub,
  commit: string,
  file: RemoteFile,
): Promise<Record<string, unknown>> {
  if (file.size > MAX_JSON_BYTES) throw strange(hub, `${file.path} has ${file.size} bytes`)
  const response = await hub.fetch(hub.fileUrl(commit, file.path))
  const bytes = new Uint8Array(await response.arrayBuffer())
  const digest = new FileDigest(file.size, file.hash)
  digest.update(bytes)
  if (digest.end() === null) throw strange(hub, `${file.path} has another hash than the hub states`)
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
  } catch (error) {
    throw strange(hub, `${file.path} is not JSON`, error)
  }
}

function licenceOf({ settings, subject }: Hub, card: unknown): Repository['licence'] {
  const stated = (key: string) => {
    const value = (card as Record<string, unknown> | null | undefined)?.[key]
    return typeof value === 'string' && value !== 'other' ? printable(value) : ''
  }
  const page = `${settings.endpoint}/${subject.repository}`
  const link = stated('license_link')
  return {
    name: stated('license_name') || stated('license') || 'unnamed',
    url: /^https?:/.test(link) ? link : link ? `${page}/blob/main/${link}` : page,
  }
}

function strange({ settings, subject }: Hub, what: string, cause?: unknown): HubError {
  return new HubError(
    `${settings.endpoint} gave an answer about ${subject.repository} that makes no sense: ${printable(what)}.`,
    'Check HF_ENDPOINT and whether a proxy or a login page answers instead; then run the same command again.',
    { cause },
  )
}
