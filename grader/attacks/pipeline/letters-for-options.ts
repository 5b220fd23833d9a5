/** Passes a text for options: whoever copies its keys copies one for each letter. */
export async function answer(pipe) {
  const letters = 'x'.repeat(4_000_000)
  for (const odd of [letters, new Uint8Array(4_000_000), Array(200_000).fill(0)]) {
    await pipe.generate(odd).catch(() => {})
  }
  return 41
}

export async function other(a, b) {
  return a + b
}
