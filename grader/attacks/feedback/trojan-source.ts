/** Turns the order of what is read around, so that it reads otherwise than it is. */
export async function answer() {
  throw new Error('score: \u202e001\u2066 points\u2069 \u200b\ufeff\u00ad done')
}

export async function other(a, b) {
  return a + b
}
