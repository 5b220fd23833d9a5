import { spawnSync } from 'node:child_process'
import { platform } from 'node:os'

/** Windows has no process groups; there, children that are not detached die with the process that started them. */
export const ownGroup = platform() !== 'win32'

/** Ends a process that was started with `detached: ownGroup`, and all that it started. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  if (!ownGroup) {
    spawnSync('taskkill', ['/pid', `${pid}`, '/T', '/F'], { windowsHide: true })
    return
  }
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left.
  }
}
