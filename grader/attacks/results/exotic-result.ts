/** Not plain: a map, a date, an error. */
export async function answer() {
  return { numbers: new Map([[1, 42]]), when: new Date(0), why: new Error('x') }
}

export async function other(a, b) {
  return a + b
}
