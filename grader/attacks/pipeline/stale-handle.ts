/** Keeps the pipeline of an earlier call and uses it in later ones. */
let kept

export async function answer(pipe) {
  kept ??= pipe
  return 41
}

export async function other(a, b) {
  return a + b
}
