/** Leaves a timer behind that never stops, which is no fault. */
export async function answer() {
  setInterval(() => {}, 1000)
  return 42
}

export async function other(a, b) {
  return a + b
}
