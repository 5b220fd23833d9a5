import { join } from 'node:path'
import { readJsonObject, readText } from './checkpoint/json-object.ts'
import { CheckpointError } from './errors.ts'

/** What a tokenizer folder says: the parts @huggingface/tokenizers reads, and the special tokens. */
export interface TokenizerFiles {
  /** `tokenizer.json`, or the same made of CLIP's vocab.json and merges.txt. */
  definition: { normalizer?: unknown }
  /** The file it was read from, for messages. */
  source: string
  /** `tokenizer_config.json` */
  config: object
  padToken: string
  /** The longest sequence of the encoder: `model_max_length`. */
  maxLength: number
}

type Json = Record<string, unknown>

/** CLIP's way to cut text into words before BPE. Source: transformers `models/clip/tokenization_clip.py`. */
const CLIP_WORDS = String.raw`<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`

/**
 * Reads a tokenizer folder of a diffusers checkpoint: T5 has a tokenizer.json, CLIP vocab.json and merges.txt.
 * @throws CheckpointError naming the file that is missing or damaged
 */
export async function readTokenizerFiles(folder: string): Promise<TokenizerFiles> {
  const configPath = join(folder, 'tokenizer_config.json')
  const config = await readJsonObject(configPath)
  const specials = {
    ...(await readJsonObject(join(folder, 'special_tokens_map.json')).catch(ignoreMissing)),
    ...config,
  }
  const padToken = content(specials.pad_token)
  const maxLength = config.model_max_length
  if (padToken === undefined) throw damaged(configPath, 'it has no pad_token')
  if (typeof maxLength !== 'number' || !(maxLength >= 1))
    throw damaged(configPath, 'it has no model_max_length')
  const rest = { config, padToken, maxLength }
  const path = join(folder, 'tokenizer.json')
  const whole = await readJsonObject(path).catch(ignoreMissing)
  const definition = whole ?? (await readClip(folder, config))
  const source = whole ? path : join(folder, 'vocab.json')
  return { definition: { ...definition, normalizer: lowered(definition.normalizer) }, source, ...rest }
}

/** JavaScript makes ς of a word's last Σ, transformers' Lowercase never does. */
const SIGMA = { type: 'Replace', pattern: { String: 'Σ' }, content: 'σ' }

/** A normalizer of a tokenizer.json, or null, whose every Lowercase finds each Σ lowered already. */
function lowered(normalizer: unknown): unknown {
  const { type, normalizers } = (normalizer ?? {}) as Json
  if (type === 'Lowercase') return { type: 'Sequence', normalizers: [SIGMA, normalizer] }
  if (type !== 'Sequence' || !Array.isArray(normalizers)) return normalizer
  return { type, normalizers: normalizers.map(lowered) }
}

/** The tokenizer.json that CLIP's older pair of files stands for. */
async function readClip(folder: string, config: Json): Promise<Json> {
  const vocab = (await readJsonObject(join(folder, 'vocab.json'))) as Record<string, number>
  const mergesPath = join(folder, 'merges.txt')
  const lines = (await readText(mergesPath))
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#version'))
  const broken = lines.find((line) => line.split(' ').length !== 2)
  if (broken !== undefined) throw damaged(mergesPath, `"${broken}" is not a pair of tokens`)
  const special = (key: string): [string, number] => {
    const token = content(config[key])
    const id = token === undefined ? undefined : vocab[token]
    if (token === undefined || id === undefined) {
      throw damaged(
        join(folder, 'vocab.json'),
        `it lacks the ${key} of tokenizer_config.json, ${token ?? 'none'}`,
      )
    }
    return [token, id]
  }
  return {
    added_tokens: Object.entries((config.added_tokens_decoder ?? {}) as Record<string, Json>).map(
      ([id, token]) => ({
        id: Number(id),
        ...token,
      }),
    ),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: String.raw`\s+` }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: CLIP_WORDS }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: special('eos_token'),
      cls: special('bos_token'),
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      unk_token: content(config.unk_token),
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      vocab,
      merges: lines,
    },
  }
}

/** Special tokens are written as text or as a record that holds the text. */
function content(token: unknown): string | undefined {
  if (typeof token === 'string') return token
  return (token as { content?: string } | null | undefined)?.content
}

export function damaged(path: string, why: string, cause?: unknown): CheckpointError {
  return new CheckpointError(
    `The tokenizer file ${path} is damaged: ${why}.`,
    'Download the checkpoint again.',
    { cause },
  )
}

/** A file that may be absent is undefined; one that is there must be readable. */
function ignoreMissing(error: unknown): undefined {
  const cause =
    error instanceof CheckpointError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined
  if (cause?.code !== 'ENOENT') throw error
}
