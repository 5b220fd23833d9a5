/** Makes room for what is too large with what is smaller than nothing. */
export async function answer(pipe) {
  const nothing = Array.from({ length: 50 }, () => pipe.vaeDecode({ dims: [1, -16, -4096, 4096], data: [] }))
  const large = pipe.generate({ height: 1024, width: 1024, numImagesPerPrompt: 16, prompt: ['x', 'x'] })
  const settled = await Promise.allSettled([...nothing, large])
  return settled.filter(({ status }) => status === 'fulfilled').length
}

export async function other(a, b) {
  return a + b
}
