/** Changes arguments after the call that they went into, to have something else remembered under their name. */
export async function answer(pipe) {
  const options = { prompt: 'x', seed: 1, numInferenceSteps: 1 }
  const call = pipe.generate(options)
  options.prompt = 'poisoned'
  options.seed = 2
  await call
  return pipe.remembered?.()
}

export async function other(a, b) {
  return a + b
}
