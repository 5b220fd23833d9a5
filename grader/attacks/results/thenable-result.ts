/** A result that decides itself when, and as what, it settles. */
export async function answer() {
  return { then: () => {} }
}

export async function other(a, b) {
  return a + b
}
