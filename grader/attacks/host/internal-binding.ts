/** Opens files by Node's own inner functions. */
import process from 'node:process'

export async function answer(targets) {
  const fs = process.binding('fs')
  return fs.readFileUtf8?.(targets.secret, 0) ?? fs.internalModuleReadJSON(targets.secret)
}

export async function other(a, b) {
  return a + b
}
