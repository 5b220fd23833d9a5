/** Loops for whoever reads the error. */
export async function answer() {
  throw {
    get message() {
      for (;;);
    },
    toString() {
      for (;;);
    },
  }
}

export async function other(a, b) {
  return a + b
}
