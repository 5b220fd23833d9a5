import { ArgumentError, CheckpointError } from './errors.ts'
import { textOrigins, type TokenOrigin } from './token-origins.ts'
import { damaged, readTokenizerFiles, type TokenizerFiles } from './tokenizer-files.ts'

export type { TokenOrigin }

/** Prompts as one text encoder reads them. */
export interface EncodedPrompts {
  /** Ids, truncated and padded to one length. */
  inputIds: number[][] // [batch, tokens]
  /** The vocabulary's entries for the ids, as transformers' `convert_ids_to_tokens` gives them. */
  tokens: string[][] // [batch, tokens]
  /** Per prompt: the text that did not fit, or null. */
  truncated: (string | null)[] // [batch]
}

/** A tokenizer with the padding and truncation that diffusers asks transformers for. */
export interface PromptTokenizer {
  /** What the checkpoint allows: 77 for SD3's CLIPs, 512 for its T5. */
  maxLength: number
  /** Encodes each prompt to exactly `maxLength` ids. @throws ArgumentError when the special tokens alone exceed it. */
  encode(prompts: readonly string[], maxLength?: number): EncodedPrompts
  /** What each of those ids stands for, one per id. @throws ArgumentError as `encode` does */
  origins(prompt: string, maxLength?: number): TokenOrigin[]
}

/** The part of @huggingface/tokenizers used here; its own types do not resolve under `module: nodenext`. */
interface Library {
  Tokenizer: new (
    definition: object,
    config: object,
  ) => {
    encode(text: string, options?: { add_special_tokens: boolean }): { ids: number[] }
    decode(ids: number[]): string
    token_to_id(token: string): number | undefined
    id_to_token(id: number): string | undefined
  }
}

/**
 * Loads a tokenizer folder of a diffusers checkpoint (`tokenizer`, `tokenizer_2`, `tokenizer_3`).
 * Gives the ids of transformers 5, whose CLIPTokenizer no longer cleans text with ftfy as version 4 did. Three differences
 * are known, two of T5: where SD3 Medium's drops the second of two accents on one letter, this keeps it as an unknown
 * token, and a byte order mark (U+FEFF) is a space to it. To CLIP <|ENDOFTEXT|> in capitals is the end mark here.
 * @throws CheckpointError naming the file that is missing or damaged
 */
export async function loadTokenizer(folder: string): Promise<PromptTokenizer> {
  const files = await readTokenizerFiles(folder)
  const { tokenizer, frame } = await build(files)
  const padId = tokenizer.token_to_id(files.padToken)
  if (padId === undefined) {
    throw new CheckpointError(
      `The tokenizer in ${folder} pads with ${files.padToken}, which its vocabulary lacks.`,
      'Download the checkpoint again: the vocabulary and tokenizer_config.json do not belong together.',
    )
  }

  const textIds = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids

  const roomIn = (maxLength: number): number => {
    if (Number.isInteger(maxLength) && maxLength >= frame.length) return maxLength - frame.length
    throw new ArgumentError(
      `A length of ${maxLength} tokens was asked for.`,
      `Pass a whole number, at least ${frame.length}: the special tokens take ${frame.length}.`,
    )
  }

  const encodeOne = (prompt: string, maxLength: number): { ids: number[]; truncated: string | null } => {
    const room = roomIn(maxLength)
    const ids = textIds(prompt)
    const framed = [...frame.slice(0, -1), ...ids.slice(0, room), ...frame.slice(-1)]
    const padding = Array<number>(maxLength - framed.length).fill(padId)
    const rest = ids.slice(room)
    return {
      ids: [...framed, ...padding],
      truncated: rest.length === 0 ? null : text(tokenizer.decode(rest)),
    }
  }

  return {
    maxLength: files.maxLength,
    encode(prompts, maxLength = files.maxLength) {
      const encoded = prompts.map((prompt) => encodeOne(prompt, maxLength))
      return {
        inputIds: encoded.map(({ ids }) => ids), // [batch, tokens]
        tokens: encoded.map(({ ids }) => ids.map((id) => tokenizer.id_to_token(id)!)), // [batch, tokens]
        truncated: encoded.map(({ truncated }) => truncated), // [batch]
      }
    },
    origins(prompt, maxLength = files.maxLength) {
      const text = textOrigins(prompt, textIds).slice(0, roomIn(maxLength))
      const starts = frame.slice(0, -1).map(() => ({ kind: 'start' }) as const)
      const padding = maxLength - frame.length - text.length
      return [...starts, ...text, { kind: 'end' }, ...Array<TokenOrigin>(padding).fill({ kind: 'padding' })]
    },
  }
}

/** The library's tokenizer, and what an empty prompt becomes: [start, end] for CLIP, [end] for T5. */
async function build({ definition, config, source }: TokenizerFiles) {
  const { Tokenizer } = (await import('@huggingface/tokenizers')) as unknown as Library
  try {
    const tokenizer = new Tokenizer(definition, config)
    return { tokenizer, frame: tokenizer.encode('').ids }
  } catch (cause) {
    throw damaged(source, 'no tokenizer can be made of it', cause)
  }
}

/** CLIP marks the end of a word with `</w>`, which its decoder leaves in. */
function text(decoded: string): string {
  return decoded.replaceAll('</w>', ' ').trim()
}
