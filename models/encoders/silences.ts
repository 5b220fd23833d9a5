import type { TextEncoderName } from '#harness'
import { ArgumentError } from '../../harness/errors.ts'

/** Who is silenced, by what the lesson calls them. */
export const silences = {
  nobody: [],
  t5: ['textEncoder3'],
  'clip-l': ['textEncoder'],
  'clip-g': ['textEncoder2'],
  clips: ['textEncoder', 'textEncoder2'],
  everybody: ['textEncoder', 'textEncoder2', 'textEncoder3'],
} as const satisfies Record<string, TextEncoderName[]>
export type Silence = keyof typeof silences

export const silenceInWords: Record<Silence, string> = {
  nobody: 'all three encoders',
  t5: 'T5 silent',
  'clip-l': 'CLIP-L silent',
  'clip-g': 'CLIP bigG silent',
  clips: 'both CLIPs silent',
  everybody: 'all three silent',
}

/** What `--without` may name. */
export const silenceNames = Object.keys(silences).slice(1).join(', ')

/** `t5,clips`; nobody is always among them, for what the others are held against. @throws ArgumentError */
export function withoutOption(text: string | undefined): Silence[] {
  const known = Object.keys(silences) as Silence[]
  if (text === undefined) return known
  const asked = text.split(',').map((name) => name.trim())
  const unknown = asked.find((name) => !known.includes(name as Silence))
  if (unknown === undefined) return known.filter((name) => name === 'nobody' || asked.includes(name))
  throw new ArgumentError(`--without has "${unknown}".`, `Pass some of ${silenceNames}.`)
}
