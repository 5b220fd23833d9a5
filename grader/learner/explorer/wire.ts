/** What the explorer's server and its page say to each other. */

export interface ModelInfo {
  name: string
  device: string
  blocks: number
  heads: number
  /** Pixels per patch, each way: 16. */
  patch: number
  /** The size the checkpoint was trained at, or the largest whose attention is kept. Pixels. */
  native: { height: number; width: number }
  limits: Limits
  suggestions: string[]
}

export interface Limits {
  /** Characters. */
  prompt: number
  steps: number
  /** Pixels, each way. */
  side: number
  /** Image and text tokens together, so that one block's attention fits in memory. */
  tokens: number
}

export interface DrawSettings {
  prompt: string
  height: number
  width: number
  numInferenceSteps: number
  guidanceScale: number
  seed: number
}

/** One row of the text half of the sequence. */
export interface TextToken {
  encoder: 'clip' | 't5'
  /** Its row among those of its encoder, from 0. */
  row: number
  /** `absent`: the checkpoint has no T5, and zeros stand in its place. */
  kind: 'text' | 'start' | 'end' | 'padding' | 'absent'
  /** As the vocabulary writes it: `cat</w>` of CLIP, `▁cat` of T5. CLIP-L and bigG differ in padding only. */
  piece: string
}

/** A word of the prompt, and the rows of the text that stand for it. */
export interface Word {
  text: string
  /** What stands before it in the prompt: a space, or nothing. */
  before: string
  /** Into the list of text tokens. */
  tokens: number[]
}

export interface RunStart {
  type: 'start'
  run: string
  settings: DrawSettings
  /** Of patches. */
  grid: { rows: number; columns: number }
  tokens: TextToken[]
  words: Word[]
  /** The end of the prompt, when no encoder had room for it. */
  unread: string
}

export interface RunStep {
  type: 'step'
  step: number
  /** 1000 (noise) to 0 (picture). */
  timestep: number
}

/** Lines of JSON, in this order: a start, its steps, and how it ended. */
export type RunEvent =
  | RunStart
  | RunStep
  | { type: 'done' }
  | { type: 'cancelled' }
  | { type: 'error'; problem: string; remedy: string }

/** The picture after a step: its latents as they are, or where the network thinks they lead. */
export type PictureKind = 'latents' | 'estimate'
