import type { Pipeline } from '#harness'

/** What is measured. */
export interface Subject {
  pipe: Pipeline
  /** Pixels a side of what is drawn. */
  side: number
  /** Says that one denoising step, or something about as long, is done. */
  advance: () => void
}

/** Something the kit measures on the model under study, to stand beside a student's predictions. */
export interface Measurement<Result = unknown> {
  /** Kebab-case; it also names the file in which the result is remembered. */
  name: string
  /** Raise it when the same model would give another result. */
  version: number
  /** How many times `advance` is called. */
  work: number
  /** @returns plain data that survives JSON */
  measure(subject: Subject): Promise<Result>
}

/** The lesson's prompts and settings, as exercises 2 to 4 use them. */
export const lesson = {
  prompt: 'a cat sitting on a beach at sunset',
  compositional:
    'a red ball to the left of a blue cube, on a wooden table, with a green plant in the background',
  stepCounts: [10, 20, 30, 50],
  guidanceScale: 7,
  seed: 42,
}
