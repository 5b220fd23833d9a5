/** Takes the process down with a core dump. */
export async function answer() {
  process.abort()
}

export async function other(a, b) {
  return a + b
}
