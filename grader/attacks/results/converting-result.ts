/** Answers to whoever converts it, with whatever is wanted. */
export async function answer() {
  return {
    toJSON: () => 42,
    valueOf: () => 42,
    [Symbol.toPrimitive]: () => 42,
    [Symbol.for('nodejs.util.inspect.custom')]: () => '42',
  }
}

export async function other(a, b) {
  return a + b
}
