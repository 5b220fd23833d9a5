/** An answer that is whatever one asks for. */
export async function answer() {
  return new Proxy({}, { get: () => 42, has: () => true, ownKeys: () => ['value'] })
}

export async function other(a, b) {
  return a + b
}
