import { join } from 'node:path'
import { loadTokenizer, type PipelineComponents, type PromptTokenizer, type TokenOrigin } from '#harness'
import type { RunStart, TextToken, Word } from './wire.ts'

/** SD3's T5 tokens, padding included: diffusers' `max_sequence_length`. */
const T5_TOKENS = 256

/** The tokens of a prompt in the order of the joint sequence's text half, and the words they stand for. */
export type TextRows = Pick<RunStart, 'tokens' | 'words' | 'unread'>

/** Reads prompts as the pipeline's three encoders do. */
export class PromptReader {
  private readonly clips: PromptTokenizer[]
  private readonly t5: PromptTokenizer | null

  /** @throws CheckpointError for a tokenizer that is missing or damaged */
  static async open(folder: string, { textEncoder3 }: PipelineComponents): Promise<PromptReader> {
    const clips = await Promise.all(
      ['tokenizer', 'tokenizer_2'].map((name) => loadTokenizer(join(folder, name))),
    )
    return new PromptReader(clips, textEncoder3 ? await loadTokenizer(join(folder, 'tokenizer_3')) : null)
  }

  private constructor(clips: PromptTokenizer[], t5: PromptTokenizer | null) {
    this.clips = clips
    this.t5 = t5
  }

  /** How many rows the text has, whatever the prompt: 77 + 256. */
  get rows(): number {
    return this.clips[0].maxLength + T5_TOKENS
  }

  read(prompt: string): TextRows {
    const clip = this.clips[0].maxLength
    const origins = this.clips.map((tokenizer) => tokenizer.origins(prompt, clip))
    const pieces = this.clips[0].encode([prompt], clip).tokens[0]
    const tokens = origins[0].map(({ kind }, row): TextToken => ({
      encoder: 'clip',
      row,
      kind,
      piece: pieces[row],
    }))
    // Both CLIPs share a row, side by side.
    const places = origins.flatMap((list) => list.map((origin, row) => ({ origin, row })))
    if (this.t5) {
      const t5Pieces = this.t5.encode([prompt], T5_TOKENS).tokens[0]
      for (const [row, origin] of this.t5.origins(prompt, T5_TOKENS).entries()) {
        tokens.push({ encoder: 't5', row, kind: origin.kind, piece: t5Pieces[row] })
        places.push({ origin, row: clip + row })
      }
    } else {
      for (let row = 0; row < T5_TOKENS; row++)
        tokens.push({ encoder: 't5', row, kind: 'absent', piece: '0' })
    }
    const words = wordsOf(prompt, places)
    return {
      tokens,
      words,
      unread: prompt.slice(words.reduce((sum, { text, before }) => sum + (before + text).length, 0)).trim(),
    }
  }
}

/** Stretches that overlap are one word: no encoder's token is torn apart. */
function wordsOf(prompt: string, places: { origin: TokenOrigin; row: number }[]): Word[] {
  const stretches = places
    .flatMap(({ origin, row }) => (origin.kind === 'text' ? [{ ...origin, row }] : []))
    .sort((a, b) => a.start - b.start)
  const merged: { start: number; end: number; rows: Set<number> }[] = []
  for (const { start, end, row } of stretches) {
    const last = merged.at(-1)
    if (last && start < last.end) {
      last.end = Math.max(last.end, end)
      last.rows.add(row)
    } else merged.push({ start, end, rows: new Set([row]) })
  }
  return merged.map(({ start, end, rows }, i) => ({
    text: prompt.slice(start, end),
    before: prompt.slice(merged[i - 1]?.end ?? 0, start),
    tokens: [...rows].sort((a, b) => a - b),
  }))
}
