/** A regular expression that takes for ever on the string it is given. */
export async function answer() {
  return /^(a+)+$/.test(`${'a'.repeat(64)}!`) ? 1 : 42
}

export async function other(a, b) {
  return a + b
}
