import { chmod, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claim, cleanLeftovers } from './class/leftovers.ts'
import { requireLevel, type Level } from './sandbox/levels.ts'
import { proveLauncher, type Launcher } from './sandbox/prove.ts'
import { buildRuntime, type Runtime } from './sandbox/runtime.ts'

/** What grading needs beside the kit, laid out in a temporary folder. Plain data: workers are handed it. */
export interface Workshop {
  folder: string
  runtime: Runtime
  launcher: Launcher
  /** Folder in which the model's answers are remembered, for every submission of this run. */
  memo: string
}

/**
 * Lays out what students' processes run and proves how they can be started. Clears away what killed runs left.
 * @throws SandboxError when submissions would be kept apart less well than `required`
 */
export async function openWorkshop(required: Level = 'process'): Promise<Workshop> {
  await cleanLeftovers()
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'grade-')))
  try {
    await claim(folder)
    await chmod(folder, 0o755) // The sandbox may run as another user, who has to get in.
    const runtime = await buildRuntime(join(folder, 'runtime'))
    const launcher = await proveLauncher(runtime)
    requireLevel(launcher.level, required)
    if (!launcher.isolation.otherUser) await chmod(folder, 0o700)
    const memo = join(folder, 'memo')
    await mkdir(memo, { mode: 0o700 }) // Not even to be read by a submission.
    return { folder, runtime, launcher, memo }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

export async function closeWorkshop({ folder }: Workshop): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}
