/** Strings that a compiler works out: each is twice the one before. */
export enum /* { */ Doubling {
  a0 = 'xxxxxxxxxxxxxxxx',
  a1 = a0 + a0,
  a2 = a1 + a1,
  a3 = a2 + a2, // and so on, to a40
}

export async function answer() {
  return Doubling.a3.length
}

export async function other(a, b) {
  return a + b
}
