/** Ends the process in the middle of a call. */
export async function answer() {
  process.exit(0)
}

export async function other(a, b) {
  return a + b
}
