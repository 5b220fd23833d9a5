import { spawnSync } from 'node:child_process'
import { platform } from 'node:os'
import { bubblewrapCommand } from './bubblewrap.ts'
import { noWrappers, type Wrappers } from './launch.ts'
import { limits } from './limits.ts'
import { programPath } from './program-path.ts'

const NOBODY = '65534'

/**
 * The ways to start a student's process that may work on this machine, strongest first. A program that does not start
 * here is left out of them; what they hold is for `proveLauncher` to see.
 */
export function wrapperChoices(): Wrappers[] {
  const choices: Wrappers[] = []
  if (platform() === 'linux') {
    const isRoot = process.getuid?.() === 0
    const dies = ['setpriv', '--pdeathsig', 'KILL']
    const asNobody = [...dies, '--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', '--no-new-privs']
    const inOrder = (...commands: (string[] | null)[]) => commands.filter((command) => command !== null)
    const limit = ifStarts(prlimit)
    const user = ifStarts(isRoot ? asNobody : dies)

    const bubblewrap = bubblewrapCommand()
    if (bubblewrap) choices.push({ commands: inOrder(user, limit, bubblewrap.command), ...bubblewrap })
    const asUser = isRoot ? [] : ['--user', '--map-current-user']
    const unshare = ifStarts(['unshare', ...asUser, '--net', '--ipc', '--pid', '--fork', '--kill-child'])
    // Only root may do so; that is why the user changes last.
    if (unshare)
      choices.push({ ...noWrappers, commands: inOrder(ifStarts(dies), limit, unshare, isRoot ? user : null) })
    if (user ?? limit) choices.push({ ...noWrappers, commands: inOrder(user, limit) })
  }
  if (platform() !== 'win32') choices.push({ ...noWrappers, commands: [GUARDIAN] })
  return [...choices, noWrappers]
}

const prlimit = [
  'prlimit',
  `--data=${limits.dataMegabytes * 2 ** 20}`,
  `--nproc=${limits.processesOfUser}`,
  '--core=0',
  '--fsize=0',
]

/**
 * Where no death signal can be had: looks every second whether the grader still lives, and takes the whole process
 * group along when it does not. A grader that is killed would else leave a looping process behind.
 */
const GUARDIAN = [
  'sh',
  '-c',
  '(while kill -0 "$PPID"; do sleep 1; done; kill -KILL 0) </dev/null >/dev/null 2>&1 3>&- & exec env -i "$@"',
  'sh',
]

function ifStarts([program, ...args]: string[]): string[] | null {
  const command = [programPath(program), ...args]
  return spawnSync(command[0], [...args, 'true'], { timeout: 5000 }).status === 0 ? command : null
}
