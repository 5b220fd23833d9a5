/** An answer that changes each time it is looked at. */
export async function answer() {
  let looks = 0
  return {
    get value() {
      return looks++ === 0 ? 41 : 42
    },
  }
}

export async function other(a, b) {
  return a + b
}
