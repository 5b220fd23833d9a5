/** Names a file of the host as its source map. */
export async function answer() {
  throw new Error('where?')
}
//# sourceMappingURL=file:///etc/passwd

export async function other(a, b) {
  return a + b
}
