/** Answers by how long it took to be asked. */
const loaded = performance.now()

export async function answer() {
  return 41 + Math.floor((performance.now() - loaded) / 1e6)
}

export async function other(a, b) {
  return a + b
}
