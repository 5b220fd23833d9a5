/** Four thousand million elements, none of them there. */
export async function answer() {
  return new Array(2 ** 32 - 1)
}

export async function other(a, b) {
  return a + b
}
