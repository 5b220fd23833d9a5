/** A view whose memory shrinks, and grows, under it. */
export async function answer() {
  const buffer = new ArrayBuffer(8, { maxByteLength: 2 ** 20 })
  return new Float32Array(buffer)
}

export async function other(a, b) {
  return a + b
}
