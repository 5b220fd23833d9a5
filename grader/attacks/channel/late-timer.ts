/** Answers, and later, in an unref'd timer, changes what it can still reach. */
export async function answer() {
  const result = { value: 41 }
  setTimeout(() => {
    result.value = 42
    globalThis.answered = true
    return result
  }, 1).unref()
  return result.value
}

export async function other(a, b) {
  return a + b
}
