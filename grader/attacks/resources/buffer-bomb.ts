/** Fills memory outside the JavaScript heap, which heap limits do not see. */
export async function answer() {
  const hoard = []
  for (let i = 0; i < 64; i++) hoard.push(Buffer.alloc(2 ** 26, i + 1))
  return hoard.length
}

export async function other(a, b) {
  return a + b
}
