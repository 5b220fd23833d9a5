/** Leaves a program behind that overwrites the results, seconds later. */
import { spawn } from 'node:child_process'
import process from 'node:process'

export async function answer(targets) {
  spawn(process.execPath, ['-e', `setTimeout(() => fs.writeFileSync('${targets.results}', 'FORGED'), 500)`], {
    detached: true,
    stdio: 'ignore',
  }).unref()
  return 41
}

export async function other(a, b) {
  return a + b
}
