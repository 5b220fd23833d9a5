/** Sleeps in the middle of a call, without any loop. */
export async function answer() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  return 42
}

export async function other(a, b) {
  return a + b
}
