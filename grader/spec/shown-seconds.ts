import { inject } from 'vitest'

/**
 * Measured seconds for the label of a picture. None in grading: what the model answered one student is remembered for the
 * next, whose seconds would be near 0.
 */
export function shownSeconds(seconds: number): string[] {
  return inject('subject').kind === 'sandbox' ? [] : [`${seconds.toFixed(1)} s`]
}
