/** Kills whom it can: its group, its parent, everybody. */
import process from 'node:process'

export async function answer(targets) {
  for (const pid of [process.ppid, targets.pid, targets.neighbour]) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {}
  }
  return 41
}

export async function other(a, b) {
  return a + b
}
