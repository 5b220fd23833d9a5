import { spread, variants, type Claim, type HeldOut, type Variant } from './held-out.ts'
import { native, type Size } from './sizes.ts'

/** A caption to draw: one of an entry's claims, and the seed of its noise, which is the entry's place in the list. */
export interface DrawnClaim extends HeldOut {
  claim: Claim
  seed: number
}

/** What is drawn and counted together. */
export interface JudgeRun {
  variant: Variant
  size: Size
  claims: DrawnClaim[]
}

/**
 * Every variant at the native size; at each other size captions as they stand.
 * @param elsewhere how many at each other size, spread over the list
 */
export function judgeRuns(
  entries: readonly HeldOut[],
  otherSizes: readonly Size[],
  elsewhere: number,
): JudgeRun[] {
  const claimsOf = (variant: Variant): DrawnClaim[] =>
    entries.flatMap((entry, seed) => (entry[variant] ? [{ ...entry, claim: entry[variant], seed }] : []))
  const claims = spread(claimsOf('base'), elsewhere)
  return [
    ...variants.map((variant) => ({ variant, size: native, claims: claimsOf(variant) })),
    ...otherSizes.map((size) => ({ variant: 'base' as const, size, claims })),
  ]
}
