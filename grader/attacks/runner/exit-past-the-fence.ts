/** Ends the process past every handler, with the real process at hand. */
import process from 'node:process'

export async function answer() {
  process.reallyExit(0)
}

export async function other(a, b) {
  return a + b
}
