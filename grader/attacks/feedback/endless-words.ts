/** Throws sixteen million letters. */
export async function answer() {
  throw new Error('wrong '.repeat(2_700_000))
}

export async function other(a, b) {
  return a + b
}
