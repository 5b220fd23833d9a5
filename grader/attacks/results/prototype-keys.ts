/** Keys that, copied carelessly, change what every object inherits. */
export async function answer() {
  return JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}')
}

export async function other(a, b) {
  return a + b
}
