/** Hands a function back, to be called on the trusted side. */
export async function answer() {
  return { value: () => 42 }
}

export async function other(a, b) {
  return a + b
}
