/**
 * A known-wrong variant of a solution: one edit, the mistake a student would make.
 * Its task's specs must turn red on it (and say `diagnosis`, when given).
 */
export interface Mutant {
  task: string
  /** Unique within its exercise; says the mistake: `counts buffers as parameters`. */
  name: string
  /** Text that occurs exactly once in the solution… */
  find: string
  /** …and what stands there instead. */
  replace: string
  /** Words that some failing spec's message must contain. */
  diagnosis?: string
}
