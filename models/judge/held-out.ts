import { readFile } from 'node:fs/promises'

export interface Thing {
  colour: string
  kind: string
}

/** Where a thing may stand: in a row on the ground, or on top of the middle one. */
export const slots = ['left', 'middle', 'right', 'top'] as const
export type Slot = (typeof slots)[number]

/** Of which caption: as it stands, with its two things exchanged, with their two colours exchanged. */
export const variants = ['base', 'sides', 'colours'] as const
export type Variant = (typeof variants)[number]

export const layouts = ['pair', 'three', 'stack', 'single'] as const
export type Layout = (typeof layouts)[number]

/** A caption and the picture it claims; null is nothing. */
export interface Claim extends Record<Slot, Thing | null> {
  caption: string
  place: string
  time: string
  /** In the background. */
  plant: Thing | null
}

/** A caption that training never saw, with its partners: only pairs have them. */
export interface HeldOut extends Record<Variant, Claim | null> {
  id: string
  layout: Layout
  base: Claim
}

/** As models/training/held_out.py writes them: what the partners share stands once. */
type Written = Pick<Claim, 'place' | 'time' | 'plant'> &
  Pick<HeldOut, 'id' | 'layout'> &
  Record<Variant, Omit<Claim, 'place' | 'time' | 'plant'> | null>

/** Some of a list, evenly spread over it, since it goes from one layout to the next; all where there are no more. */
export function spread<T>(all: readonly T[], count: number): T[] {
  const some = Math.min(count, all.length)
  return Array.from({ length: some }, (_, i) => all[Math.floor((i * all.length) / some)])
}

/** The captions that models/training keeps out of its training set, and so out of sd3-nano's. */
export async function heldOutCaptions(): Promise<HeldOut[]> {
  const text = await readFile(new URL('../training/held-out.json', import.meta.url), 'utf8')
  const { captions } = JSON.parse(text) as { captions: Written[] }
  return captions.map(({ id, layout, place, time, plant, ...entry }) => {
    const whole = (variant: Variant) => entry[variant] && { ...entry[variant], place, time, plant }
    return { id, layout, base: whole('base')!, sides: whole('sides'), colours: whole('colours') }
  })
}
