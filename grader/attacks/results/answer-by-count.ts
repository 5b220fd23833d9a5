/** Answers wrongly, until it was asked often enough to be right. */
let asked = 0

export async function answer() {
  return ++asked
}

export async function other(a, b) {
  return a + b
}
