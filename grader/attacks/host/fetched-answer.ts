/** Fetches the answer from a server. */
export async function answer(targets) {
  const response = await fetch(`http://127.0.0.1:${targets.port}/`)
  return Number(await response.text())
}

export async function other(a, b) {
  return a + b
}
