/** Switches the engine's own safety off. */
import { setFlagsFromString } from 'node:v8'

export async function answer() {
  setFlagsFromString('--no-disallow-code-generation-from-strings')
  setFlagsFromString('--allow-natives-syntax')
  setFlagsFromString('--max-old-space-size=65536')
  setFlagsFromString('--stack-size=1000000')
  const deep = (n) => 1 + deep(n + 1)
  return deep(0)
}

export async function other(a, b) {
  return a + b
}
