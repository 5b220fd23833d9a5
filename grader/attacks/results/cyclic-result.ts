/** Contains itself. */
export async function answer() {
  const result = { value: 42 }
  result.self = result
  return result
}

export async function other(a, b) {
  return a + b
}
