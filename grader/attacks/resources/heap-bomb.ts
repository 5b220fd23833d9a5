/** Fills the JavaScript heap. */
export async function answer() {
  const hoard = []
  for (;;) hoard.push(new Array(10_000).fill({}))
}

export async function other(a, b) {
  return a + b
}
