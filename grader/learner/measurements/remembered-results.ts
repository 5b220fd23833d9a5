import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import type { Measurement } from './measurement.ts'

/** Results of measurements on one model and one device, kept in files so that they are measured once. */
export class RememberedResults {
  readonly #folder: string
  readonly #prefix: string
  readonly #subject: string

  /**
   * @param folder where the files are, made when needed
   * @param model the checkpoint's folder
   */
  static async open(folder: string, model: string, device: string): Promise<RememberedResults> {
    return new RememberedResults(folder, model, device, await fingerprint(model))
  }

  private constructor(folder: string, model: string, device: string, files: string) {
    this.#folder = folder
    this.#prefix = `${basename(model)}-${device}`.replaceAll(/[^\w.-]/g, '_')
    this.#subject = digest([device, files])
  }

  /** What was measured before on this subject by this version; null for nothing, or for a damaged file. */
  async read<Result>(measurement: Measurement<Result>): Promise<{ result: Result; at: Date } | null> {
    const text = await readFile(this.#fileOf(measurement), 'utf8').catch(() => null)
    if (text === null) return null
    try {
      const { key, check, at, result } = JSON.parse(text) as Record<string, unknown>
      if (key !== this.#keyOf(measurement) || check !== digest([at, result])) return null
      return { result: result as Result, at: new Date(String(at)) }
    } catch {
      return null
    }
  }

  /** Keeps a result: the whole of it, or what was there before. */
  async write<Result>(measurement: Measurement<Result>, result: Result, at: Date): Promise<void> {
    const file = this.#fileOf(measurement)
    const body = { key: this.#keyOf(measurement), check: digest([at, result]), at, result }
    await mkdir(dirname(file), { recursive: true })
    await writeFileAtomic(file, JSON.stringify(body))
  }

  #fileOf({ name }: Measurement): string {
    return join(this.#folder, `${this.#prefix}-${name}.json`)
  }

  #keyOf({ name, version }: Measurement): string {
    return digest([this.#subject, name, version])
  }
}

/** Changes when a file of the checkpoint does: names, sizes and times; weights are too large to be read for this. */
async function fingerprint(model: string): Promise<string> {
  const names = (await readdir(model, { recursive: true })).sort()
  const files = names.map(async (name) => {
    const found = await stat(join(model, name)).catch(() => null)
    return found?.isFile() ? [name.replaceAll('\\', '/'), found.size, found.mtimeMs] : []
  })
  return digest(await Promise.all(files))
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
