import { readFile } from 'node:fs/promises'
import type { Reading } from './scene-judge.ts'

interface Thing {
  kind: string
  colour: string
}

/** A caption and the two things it names. */
export interface Claim {
  caption: string
  left: Thing
  right: Thing
}

/** A caption that training never saw, the same with the things exchanged, and with their colours exchanged. */
export interface HeldOut {
  id: string
  base: Claim
  sides: Claim
  colours: Claim
}

export const variants = ['base', 'sides', 'colours'] as const

export async function heldOutCaptions(): Promise<HeldOut[]> {
  const text = await readFile(new URL('../training/held-out.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { captions: HeldOut[] }).captions
}

/** Whether the picture shows exactly this thing on the left and that thing on the right. */
export function agrees(reading: Reading, { left, right }: Claim): boolean {
  return (
    reading.left_kind === left.kind &&
    reading.left_colour === left.colour &&
    reading.right_kind === right.kind &&
    reading.right_colour === right.colour
  )
}
