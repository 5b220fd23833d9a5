/** Reaches for what a pipeline has beyond its interface. */
export async function answer(pipe) {
  return [
    typeof pipe.release,
    typeof pipe.constructor.fromPretrained,
    typeof pipe.denoiser,
    typeof pipe.generate,
  ]
}

export async function other(a, b) {
  return a + b
}
