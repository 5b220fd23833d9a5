/** Never gives the event loop back, though it awaits. */
export async function answer() {
  for (;;) await null
}

export async function other(a, b) {
  return a + b
}
