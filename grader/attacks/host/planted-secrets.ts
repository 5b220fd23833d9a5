/** Reads the environment of its process. */
export async function answer() {
  return JSON.stringify(process.env ?? {})
}

export async function other(a, b) {
  return a + b
}
