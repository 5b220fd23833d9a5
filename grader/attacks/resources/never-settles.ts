/** Waits for ever, politely. */
export async function answer() {
  await new Promise(() => {})
}

export async function other(a, b) {
  return a + b
}
