import { slots, type Claim, type Slot, type Thing } from './held-out.ts'
import type { Reading } from './scene-judge.ts'

/** What a picture can get right on its own; models/training/held_out.py says what each means. */
export const parts = ['colours', 'objects', 'relation', 'count', 'background'] as const
export type Part = (typeof parts)[number]

const NOTHING = 'nothing'

/** Which parts of the claim a reading bears out. */
export function scores(reading: Reading, claim: Claim): Record<Part, boolean> {
  const named = slots.flatMap((slot) => (claim[slot] ? [[slot, claim[slot]] as [Slot, Thing]] : []))
  const filled = slots.filter((slot) => reading[`${slot}_kind`] !== NOTHING)
  const kindAt = (slot: Slot) => reading[`${slot}_kind`]
  /** Where the thing that belongs into a slot stands. */
  const found = (slot: Slot, kind: string) => [slot, ...filled].find((at) => kindAt(at) === kind) ?? slot
  const { plant } = claim
  return {
    colours: named.every(([slot, { kind, colour }]) => reading[`${found(slot, kind)}_colour`] === colour),
    objects: named.every(([, { kind }]) => filled.some((slot) => kindAt(slot) === kind)),
    relation: named.every(([slot, { kind }]) => kindAt(slot) === kind),
    count: filled.length === named.length,
    background:
      reading.place === claim.place &&
      reading.time === claim.time &&
      reading.plant_kind === (plant?.kind ?? NOTHING) &&
      (plant === null || reading.plant_colour === plant.colour),
  }
}

/** Whether a reading bears out all of the claim: every slot holds just what the claim puts there. */
export function agrees(reading: Reading, claim: Claim): boolean {
  return Object.values(scores(reading, claim)).every(Boolean)
}

/** What a reading shows, in the words of a caption. */
export function inWords(reading: Reading): string {
  const thing = (slot: string) => `${reading[`${slot}_colour`]} ${reading[`${slot}_kind`]}`
  const shown = slots.filter((slot) => reading[`${slot}_kind`] !== NOTHING)
  const plant = reading.plant_kind === NOTHING ? '' : `, with a ${thing('plant')}`
  const things = shown.map((slot) => `${thing(slot)} (${slot})`).join(', ') || NOTHING
  return `${things}; ${reading.place}, ${reading.time}${plant}`
}
