/** Returns from its function never, because its callback does not. */
export async function answer(pipe) {
  await pipe.generate({
    callbackOnStepEnd: () => {
      for (;;);
    },
  })
  return 42
}

export async function other(a, b) {
  return a + b
}
