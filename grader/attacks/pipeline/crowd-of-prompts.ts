/** Five hundred times sixteen prompts at once, each answer of 175 MB. */
export async function answer(pipe) {
  const prompt = Array.from({ length: 16 }, (_, i) => `${i}`)
  const all = Array.from({ length: 500 }, () => pipe.encodePrompt({ prompt }))
  await Promise.all(all)
  return 42
}

export async function other(a, b) {
  return a + b
}
