/** One array of a megabyte under a hundred thousand names. */
export async function answer() {
  const data = new Float32Array(2 ** 18)
  return Array.from({ length: 100_000 }, () => data)
}

export async function other(a, b) {
  return a + b
}
