/** Prints until nobody can read any more, then answers. */
export async function answer() {
  for (let i = 0; i < 2000; i++) console.log('x'.repeat(4096))
  return 42
}

export async function other(a, b) {
  return a + b
}
