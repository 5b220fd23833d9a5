/** How much a submission may use. Time spent inside the trusted model is not the submission's. */
export const limits = {
  importMs: 15_000,
  /** One call of one function. */
  callMs: 20_000,
  heapMegabytes: 512,
  /** Heap, buffers and WebAssembly together, where the machine can enforce it. */
  dataMegabytes: 2048,
  /** And threads, all of the user's together, where the machine can enforce it: no crowd fills the process table. */
  processesOfUser: 4096,
  /** A message from a submission. */
  messages: { bytes: 2 ** 26, values: 1_000_000, depth: 40 },
  outputBytes: 2 ** 16,
  sourceBytes: 2 ** 18,
  /** Calls of pipeline methods within one call. */
  modelCalls: 500,
  /** Calls that failed and are still answered: there is no end to what can be asked in vain. */
  failedCalls: 1000,
  /** Of the arguments of all calls that are under way or wait for their turn. */
  heldBytes: 2 ** 28,
  inferenceSteps: 100,
  imageSide: 1024,
  /** Of all pictures that are being made, or looked at by a network, at the same time. */
  pixelsAtOnce: 4 * 1024 ** 2,
  prompts: 16,
  promptLength: 10_000,
}
