import { join } from 'node:path'
import { DeviceError, HubError } from '../../errors.ts'
import { downloadFile } from '../../hub/download-file.ts'
import { Hub, type HubOptions } from '../../hub/hub.ts'
import type { OnBytes } from '../../hub/part-file.ts'
import type { Archive } from './archives.ts'

/** A server of one file: what a model hub's downloads need of it. */
class FileServer extends Hub {
  private readonly url: string

  constructor(url: string, name: string, options?: HubOptions) {
    const { origin } = new URL(url)
    super(
      { endpoint: origin, token: null, tokenSource: null },
      { repository: name, revision: 'main' },
      options,
    )
    this.url = url
  }

  override fileUrl(): string {
    return this.url
  }
}

/**
 * Fetches the first archive that can be reached, resumes what an earlier attempt left, and checks its hash.
 * @returns the path of the whole, verified file
 * @throws DeviceError when none can be reached
 */
export async function fetchArchive(
  candidates: readonly Archive[],
  folder: string,
  { onBytes, ...options }: HubOptions & { onBytes?: (archive: Archive, size: number) => OnBytes } = {},
): Promise<{ archive: Archive; path: string }> {
  const refusals: string[] = []
  for (const archive of candidates) {
    const { name, url, sha256 } = archive
    if (url === null) continue
    const server = new FileServer(url, name, options)
    try {
      const size = archive.bytes ?? (await askSize(server, url))
      const file = { path: name, size, hash: { sha256 } }
      await downloadFile(server, sha256, file, folder, onBytes?.(archive, size))
      return { archive, path: join(folder, name) }
    } catch (error) {
      if (!(error instanceof HubError)) throw error
      refusals.push(error.message.split('\n')[0])
    }
  }
  const places = candidates.flatMap(({ url }) => url ?? []).join(' or ')
  throw new DeviceError(
    `The CUDA provider could not be fetched: ${refusals.join(' ')}`,
    `On a machine with internet fetch ${places}, bring it here, and run npm run cuda -- --from FILE.`,
  )
}

async function askSize(server: Hub, url: string): Promise<number> {
  const { headers } = await server.fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'identity' } })
  const size = Number(headers.get('content-length'))
  if (size > 0) return size
  throw new HubError(`${new URL(url).host} does not say how large the file is.`, 'Use --from.')
}
