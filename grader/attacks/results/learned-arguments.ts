/** Answers one function by what another one was asked. */
const seen = []

export async function answer() {
  return seen.flat().find((value) => value === 42) ?? 41
}

export async function other(a, b) {
  seen.push([a, b])
  return a + b
}
