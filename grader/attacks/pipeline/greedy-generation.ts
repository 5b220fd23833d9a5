/** Asks the model for more than a graded run has time for. */
export async function answer(pipe) {
  const refused = []
  for (const greed of [
    { numInferenceSteps: 1e9 },
    { height: 1e6 },
    { prompt: Array(1000).fill('x') },
    { numImagesPerPrompt: 1e6 },
  ]) {
    await pipe.generate(greed).catch((error) => refused.push(error.message.split(' ')[0]))
  }
  return refused
}

export async function other(a, b) {
  return a + b
}
