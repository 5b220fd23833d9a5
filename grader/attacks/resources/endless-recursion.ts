/** Runs out of stack. */
export async function answer() {
  return answer()
}

export async function other(a, b) {
  return a + b
}
