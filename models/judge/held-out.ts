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

/**
 * Lists of captions kept out of a training. `recipe` is what models/training keeps out of the next model; the bundled
 * sd3-nano was trained before that list was drawn, and its own is `bundled`: only of these it is certain that it never
 * saw their pairs.
 */
export const lists = { bundled: './bundled-held-out.json', recipe: '../training/held-out.json' } as const
export type List = keyof typeof lists

/** Some of a list, evenly spread over it, since it goes from one layout to the next; all where there are no more. */
export function spread<T>(all: readonly T[], count: number): T[] {
  const some = Math.min(count, all.length)
  return Array.from({ length: some }, (_, i) => all[Math.floor((i * all.length) / some)])
}

export async function heldOutCaptions(list: List = 'recipe'): Promise<HeldOut[]> {
  const text = await readFile(new URL(lists[list], import.meta.url), 'utf8')
  const { captions } = JSON.parse(text) as { captions: Written[] }
  return captions.map(({ id, layout, place, time, plant, ...entry }) => {
    const whole = (variant: Variant) => entry[variant] && { ...entry[variant], place, time, plant }
    return { id, layout, base: whole('base')!, sides: whole('sides'), colours: whole('colours') }
  })
}
