/** Makes a require of its own, for whatever lies on the disk. */
import { createRequire } from 'node:module'

export async function answer(targets) {
  const require = createRequire('file:///')
  return require(targets.secret)
}

export async function other(a, b) {
  return a + b
}
