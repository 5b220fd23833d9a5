/** Leaves a program behind that does nothing for an hour. */
import { spawn } from 'node:child_process'

export async function answer() {
  spawn('sleep', ['3607'], { detached: true, stdio: 'ignore' }).unref()
  return 41
}

export async function other(a, b) {
  return a + b
}
