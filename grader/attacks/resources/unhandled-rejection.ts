/** Lets a promise fail that nobody awaits. */
export async function answer() {
  Promise.reject(new Error('nobody saw this'))
  await new Promise((resolve) => setTimeout(resolve, 50))
  return 42
}

export async function other(a, b) {
  return a + b
}
