import { type Claim, type HeldOut } from '../judge/held-out.ts'

/** One thing on its own; or two and more, of which each must get its own colour and place. */
export const kinds = ['simple', 'compositional'] as const
export type Kind = (typeof kinds)[number]

export interface Drawing {
  claim: Claim
  seed: number
}

/**
 * Captions of one kind. Where there are fewer than asked for, they come again with other noise.
 * @param count of drawings
 */
export function drawings(entries: readonly HeldOut[], kind: Kind, count: number): Drawing[] {
  const own = entries.filter(({ layout }) => (layout === 'single') === (kind === 'simple'))
  return Array.from({ length: count }, (_, seed) => ({ claim: own[seed % own.length].base, seed }))
}
