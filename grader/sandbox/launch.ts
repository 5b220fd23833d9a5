import { spawnSync } from 'node:child_process'
import { platform } from 'node:os'
import type { Isolation } from '#grader/result.ts'
import { limits } from './limits.ts'

/** How a student's process is started on this machine, and what that keeps it from. */
export interface Launcher {
  /** Programs that wrap `node`, outermost first, with their arguments. */
  wrappers: string[][]
  isolation: Isolation
}

const NOBODY = '65534'

/**
 * Finds out which of the system's own defences work here. Each is tried by starting `true` under it,
 * and whatever does not work is left out and reported as not used.
 */
export function findLauncher(): Launcher {
  const isLinux = platform() === 'linux'
  const isRoot = process.getuid?.() === 0
  const works = (wrapper: string[]) =>
    isLinux && spawnSync(wrapper[0], [...wrapper.slice(1), 'true'], { timeout: 5000 }).status === 0
  const wrappers: string[][] = []
  const wrap = (wrapper: string[]): boolean => {
    const held = works(wrapper)
    if (held) wrappers.push(wrapper)
    return held
  }
  const diesWithGrader = wrap(['setpriv', '--pdeathsig', 'KILL'])
  const dataLimit = wrap(['prlimit', `--data=${limits.dataMegabytes * 2 ** 20}`, '--core=0', '--fsize=0'])
  const asUser = isRoot ? [] : ['--user', '--map-current-user']
  const namespaces = wrap(['unshare', ...asUser, '--net', '--ipc', '--pid', '--fork', '--kill-child'])
  const otherUser =
    isRoot &&
    wrap([
      'setpriv',
      '--reuid',
      NOBODY,
      '--regid',
      NOBODY,
      '--clear-groups',
      '--no-new-privs',
      '--pdeathsig',
      'KILL',
    ])
  return {
    wrappers,
    isolation: {
      process: true,
      permission: true,
      emptyEnv: true,
      processGroup: platform() !== 'win32',
      heapLimitMegabytes: limits.heapMegabytes,
      dataLimitMegabytes: dataLimit ? limits.dataMegabytes : 0,
      diesWithGrader,
      networkNamespace: namespaces,
      processNamespace: namespaces,
      otherUser,
      bubblewrap: false,
    },
  }
}

/**
 * The command that starts the student's process.
 * @param program see `buildRuntime`
 * @param module the staged exercise
 * @param folders all that it may read
 */
export function launchCommand(
  { wrappers }: Pick<Launcher, 'wrappers'>,
  program: string,
  module: string,
  folders: string[],
): string[] {
  const permission = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission'
  return [
    ...wrappers.flat(),
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
