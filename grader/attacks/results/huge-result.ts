/** More than any message may hold. */
export async function answer() {
  return new Uint8Array(2 ** 27)
}

export async function other(a, b) {
  return a + b
}
