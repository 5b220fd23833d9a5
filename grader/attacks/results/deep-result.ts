/** Nested a hundred thousand times. */
export async function answer() {
  let result = 42
  for (let i = 0; i < 100_000; i++) result = [result]
  return result
}

export async function other(a, b) {
  return a + b
}
