import { spawnSync } from 'node:child_process'
import { platform } from 'node:os'
import { limits } from './limits.ts'

/** Programs that wrap `node` when a student's process is started. */
export interface Wrappers {
  /** Outermost first, each with its arguments. */
  commands: string[][]
  /** Whether the kernel limits heap, buffers and WebAssembly together. */
  limitsData: boolean
  diesWithGrader: boolean
}

export const noWrappers: Wrappers = { commands: [], limitsData: false, diesWithGrader: false }

const NOBODY = '65534'

/** Finds out which of the system's own defences start here; each is tried on a program that does nothing. */
export function findWrappers(): Wrappers {
  if (platform() !== 'linux') return noWrappers
  const isRoot = process.getuid?.() === 0
  const commands: string[][] = []
  const wrap = (...command: string[]): boolean => {
    const works = spawnSync(command[0], [...command.slice(1), 'true'], { timeout: 5000 }).status === 0
    if (works) commands.push(command)
    return works
  }
  const dies = ['setpriv', '--pdeathsig', 'KILL']
  const diesWithGrader = wrap(...dies)
  const limitsData = wrap('prlimit', `--data=${limits.dataMegabytes * 2 ** 20}`, '--core=0', '--fsize=0')
  const asUser = isRoot ? [] : ['--user', '--map-current-user']
  wrap('unshare', ...asUser, '--net', '--ipc', '--pid', '--fork', '--kill-child')
  // Last, since only root may do the above; and changing the user takes the death signal away.
  if (isRoot) wrap(...dies, '--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', '--no-new-privs')
  return { commands, limitsData, diesWithGrader }
}

/**
 * The command that starts a student's process.
 * @param program see `buildRuntime`
 * @param module the staged exercise
 * @param folders all that it may read
 */
export function launchCommand(
  wrappers: Wrappers,
  program: string,
  module: string,
  folders: string[],
): string[] {
  const permission = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission'
  return [
    ...wrappers.commands.flat(),
    process.execPath,
    permission,
    ...folders.map((folder) => `--allow-fs-read=${folder}/`),
    `--max-old-space-size=${limits.heapMegabytes}`,
    '--disallow-code-generation-from-strings',
    '--enable-source-maps',
    '--no-warnings',
    program,
    module,
  ]
}
