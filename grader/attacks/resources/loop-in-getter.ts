/** Loops for whoever looks at the result. */
export async function answer() {
  return {
    get value() {
      for (;;);
    },
  }
}

export async function other(a, b) {
  return a + b
}
