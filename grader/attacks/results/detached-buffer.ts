/** A view of memory that has been given away. */
export async function answer() {
  const view = Float32Array.of(42)
  structuredClone(view.buffer, { transfer: [view.buffer] })
  return view
}

export async function other(a, b) {
  return a + b
}
