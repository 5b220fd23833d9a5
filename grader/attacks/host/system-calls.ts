/** As if every seat belt were off: node modules at hand, straight at the files, processes and network. */
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'

const attempts = {
  'read the system': () => readFileSync('/etc/passwd'),
  'list a parent': () => readdirSync('..'),
  'read the host': () => readFileSync(`/proc/${process.ppid}/environ`),
  'write here': () => writeFileSync('loot.txt', 'x'),
  'write there': () => writeFileSync('/tmp/loot.txt', 'x'),
  'start a program': () => {
    const { error } = spawnSync('/bin/true')
    if (error) throw error
  },
  'start a thread': () => new Worker('0', { eval: true }),
}

export async function answer({ port }) {
  const succeeded = []
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      attempt()
      succeeded.push(name)
    } catch {}
  }
  const reached = await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('connect', () => resolve(true))
    socket.on('error', () => resolve(false))
  })
  if (reached) succeeded.push('reach the network')
  return succeeded
}

export async function other(a, b) {
  return a + b
}
