/** Calls the pipeline with what no caller would pass. */
export async function answer(pipe) {
  const oddities = [
    undefined,
    null,
    NaN,
    1n,
    '',
    [],
    {},
    [[[['x']]]],
    { length: -1 },
    { prompt: { toString: null } },
  ]
  for (const odd of oddities) {
    for (const method of [
      'generate',
      'encodePrompt',
      'encodeText',
      'transformer',
      'vaeEncode',
      'vaeDecode',
    ]) {
      await pipe[method](odd, odd).catch(() => {})
    }
  }
  await pipe
    .generate({ callbackOnStepEnd: () => ({ latents: { dims: 'x', data: new Map() } }) })
    .catch(() => {})
  return 41
}

export async function other(a, b) {
  return a + b
}
