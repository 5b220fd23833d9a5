/** Starts a thread with other rights. */
import { Worker } from 'node:worker_threads'

export async function answer() {
  new Worker("require('node:child_process').execSync('sleep 3607')", {
    eval: true,
    execArgv: [],
    env: process.env,
  })
  return 41
}

export async function other(a, b) {
  return a + b
}
