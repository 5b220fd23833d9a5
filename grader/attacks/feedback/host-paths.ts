/** Tells where on the machine it lies. */
export async function answer() {
  throw new Error(`${new Error().stack} ${import.meta.url}`)
}

export async function other(a, b) {
  return a + b
}
