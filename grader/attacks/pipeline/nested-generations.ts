/** Starts a generation from each callback of a generation. */
export async function answer(pipe) {
  const deeper = (depth) => ({
    numInferenceSteps: 1,
    callbackOnStepEnd: (inner) => inner.generate(deeper(depth + 1)),
  })
  await pipe.generate(deeper(0))
  return 42
}

export async function other(a, b) {
  return a + b
}
