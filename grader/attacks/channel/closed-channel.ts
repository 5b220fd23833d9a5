/** Closes the channel and lives on. */
import { closeSync } from 'node:fs'

export async function answer() {
  closeSync(3)
  for (;;) await new Promise((resolve) => setTimeout(resolve, 1000))
}

export async function other(a, b) {
  return a + b
}
