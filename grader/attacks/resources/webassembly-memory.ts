/** Takes memory that neither heap nor buffers account for. */
export async function answer() {
  const hoard = []
  for (let i = 0; i < 64; i++) {
    const memory = new WebAssembly.Memory({ initial: 1024 })
    new Uint8Array(memory.buffer).fill(1)
    hoard.push(memory)
  }
  return hoard.length
}

export async function other(a, b) {
  return a + b
}
