import { build, stop, type BuildFailure, type BuildOptions, type BuildResult } from 'esbuild'
import { SandboxError } from './errors.ts'

/** A hundred times what an exercise takes: a busy machine must not refuse it. */
const LONGEST_MS = 10_000
/** A pattern is looked for on the whole disk before it is refused. */
const REMEDY = 'Nest expressions and types less deeply, and import files by name, not by a pattern.'

let last: Promise<unknown> = Promise.resolve()

/**
 * Compiles with esbuild, which is one process for all builds: a text may keep it busy for ever (`a ? (b) : c => (…`
 * takes twice the time for each one more), or end it. Then another is started for the next. One build at a time, so
 * that none suffers for its neighbour.
 * @throws SandboxError when it takes too long or ends the compiler; BuildFailure for what does not compile
 */
export function compile<Options extends BuildOptions>(options: Options): Promise<BuildResult<Options>> {
  const turn = last.then(() => inTime(options))
  last = turn.catch(() => {})
  return turn
}

async function inTime<Options extends BuildOptions>(options: Options): Promise<BuildResult<Options>> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const problem = `It was not compiled within ${LONGEST_MS / 1000} seconds.`
    timer = setTimeout(() => reject(new SandboxError('REFUSED', problem, REMEDY)), LONGEST_MS)
  })
  try {
    return await Promise.race([build<Options>(options as never), late])
  } catch (error) {
    if (!(error instanceof SandboxError) && !isEnd(error)) throw error
    await stop() // Also what has ended is not replaced before.
    throw isEnd(error) ? new SandboxError('REFUSED', 'It ended the compiler.', REMEDY) : error
  } finally {
    clearTimeout(timer)
  }
}

function isEnd(error: unknown): boolean {
  const { errors, message } = error as Partial<BuildFailure>
  return /The service (was stopped|is no longer running)/.test(errors?.[0]?.text ?? message ?? '')
}
