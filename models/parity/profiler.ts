import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { InferenceSession } from 'onnxruntime-node'
import type { ProfileEvent } from './profile-totals.ts'

/** Has every session that opens from now on write a profile: the harness itself has no such option. */
export class Profiler {
  private readonly sessions: InferenceSession[] = []
  private readonly prefix: string

  static async install(prefix: string): Promise<Profiler> {
    const { InferenceSession } = await import('onnxruntime-node')
    const profiler = new Profiler(prefix)
    const factory = InferenceSession as { create: (...args: unknown[]) => Promise<InferenceSession> }
    const create = original(factory)
    factory.create = async (model, options) => {
      const session = await create.call(factory, model, {
        ...(options as object),
        enableProfiling: true,
        // Sessions that open within one second would share a file.
        profileFilePrefix: `${prefix}-${profiler.sessions.length}`,
      })
      profiler.sessions.push(session)
      return session
    }
    return profiler
  }

  private constructor(prefix: string) {
    this.prefix = prefix
  }

  /** Ends profiling and reads the last session's events, the transformer's. */
  async events(): Promise<ProfileEvent[]> {
    this.sessions.at(-1)?.endProfiling()
    const folder = dirname(this.prefix)
    const start = basename(this.prefix)
    const files = (await readdir(folder)).filter((file) => file.startsWith(start))
    const last = `${start}-${this.sessions.length - 1}_`
    const newest = files.find((file) => file.startsWith(last))
    if (!newest) throw new Error(`onnxruntime wrote no profile ${this.prefix}*.`)
    const events = JSON.parse(await readFile(join(folder, newest), 'utf8')) as ProfileEvent[]
    for (const file of files) await rm(join(folder, file))
    return events
  }
}

let untouched: ((...args: unknown[]) => Promise<InferenceSession>) | undefined

/** onnxruntime's own `create`, however often a profiler was installed. */
function original(factory: { create: (...args: unknown[]) => Promise<InferenceSession> }) {
  return (untouched ??= factory.create)
}
