/** Refuses to end when asked to. */
import process from 'node:process'

export async function answer() {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
  for (;;);
}

export async function other(a, b) {
  return a + b
}
