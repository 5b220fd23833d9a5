/** Stays below each single limit, to exhaust the memory of the trusted side by the product. */
export async function answer(pipe) {
  const refused = []
  const attempt = async (name, work) => {
    try {
      await work()
    } catch (error) {
      if (error.name === 'RangeError') refused.push(name)
    }
  }
  const large = { prompt: 'x', seed: 1, height: 1024, width: 1024, numInferenceSteps: 1 }
  const prompts = Array.from({ length: 16 }, () => 'x')
  const latents = { dims: [1, 16, 900, 900], data: new Float32Array(1) }
  await attempt('pictures', () => pipe.generate({ ...large, prompt: prompts, numImagesPerPrompt: 16 }))
  await attempt('latents', () => pipe.vaeDecode(latents))
  await attempt('activations', () => pipe.transformer({ hiddenStates: latents }, { taps: prompts }))
  const [hiddenStates, encoderHiddenStates] = [
    { dims: [1, 16, 2, 2], data: new Float32Array(1) },
    { dims: [1, 5000, 4096], data: new Float32Array(1) },
  ]
  const few = prompts.slice(0, 4)
  await attempt('scores', () => pipe.transformer({ hiddenStates, encoderHiddenStates }, { taps: few }))
  await attempt('runs', () => Promise.all(Array.from({ length: 40 }, () => pipe.generate(large))))
  return refused
}

export async function other(a, b) {
  return a + b
}
