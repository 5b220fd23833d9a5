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
  /** Words of the mistake that a failing spec must name, and that no failing spec may name another in place of. */
  diagnosis?: string
  /** Words that may be said as well, where a model's own sizes make two mistakes give one answer. */
  orElse?: string
}
