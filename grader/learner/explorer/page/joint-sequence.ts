import type { RunStart, TextToken } from '../wire.ts'

/** The tokens of joint attention: patches first, row by row, then CLIP's rows, then T5's. */
export interface JointSequence {
  grid: { rows: number; columns: number }
  /** How many tokens are patches; the text begins there. */
  image: number
  /** Patches and text together. */
  total: number
  text: TextToken[]
  groups: Group[]
}

/** Tokens of one kind. */
export interface Group {
  name: string
  /** Positions in the joint sequence. */
  at: number[]
  isText: boolean
}

const GROUPS: [name: string, encoder: TextToken['encoder'], kinds: TextToken['kind'][]][] = [
  ['CLIP, words', 'clip', ['text']],
  ['CLIP, start and end', 'clip', ['start', 'end']],
  ['CLIP, padding', 'clip', ['padding']],
  ['T5, words', 't5', ['text']],
  ['T5, end', 't5', ['end']],
  ['T5, padding', 't5', ['padding']],
  ['T5 left out, zeros', 't5', ['absent']],
]

export function jointSequence({ grid, tokens }: RunStart): JointSequence {
  const image = grid.rows * grid.columns
  const textGroups = GROUPS.map(([name, encoder, kinds]) => ({
    name,
    isText: true,
    at: tokens.flatMap((token, i) =>
      token.encoder === encoder && kinds.includes(token.kind) ? [image + i] : [],
    ),
  }))
  const patches = { name: 'Image', isText: false, at: Array.from({ length: image }, (_, i) => i) }
  return {
    grid,
    image,
    total: image + tokens.length,
    text: tokens,
    groups: [patches, ...textGroups.filter(({ at }) => at.length > 0)],
  }
}
