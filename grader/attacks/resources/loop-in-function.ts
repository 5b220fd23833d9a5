/** Never returns, and never gives the event loop back. */
export async function answer() {
  for (;;);
}

export async function other(a, b) {
  return a + b
}
