import { ArgumentError } from './errors.ts'
import type { Model } from './model.ts'
import { relativePositionBuckets } from './networks/t5-encoder.ts'
import type { TextEncoderName, TextEncoding } from './pipeline-types.ts'
import type { PromptTokenizer } from './tokenizers.ts'

/** One text encoder with the tokenizer it was trained with. */
export interface TextEncoder {
  name: TextEncoderName
  model: Model
  tokenizer: PromptTokenizer
}

interface EncodeOptions {
  maxSequenceLength?: number
  clipSkip?: number
}

/**
 * Encodes prompts with one encoder, as SD3 reads it. Padding is attended: no attention mask is passed.
 * Warns about words that did not fit.
 */
export async function encodeText(
  encoder: TextEncoder,
  prompts: string[],
  { maxSequenceLength = 256, clipSkip = 0 }: EncodeOptions = {},
): Promise<TextEncoding> {
  if (encoder.name !== 'textEncoder3') return encodeClip(encoder, prompts, clipSkip)
  const [encoding] = await encodeT5(encoder, [prompts], maxSequenceLength)
  return encoding
}

async function encodeClip(encoder: TextEncoder, prompts: string[], clipSkip: number): Promise<TextEncoding> {
  const { inputIds, tokens, feed } = tokenize(encoder, prompts)
  const layers = encoder.model.config.number('num_hidden_layers')
  // hidden_states[-2] in transformers' list of layers + 1 states.
  const layer = layers - 1 - clipSkip
  if (!Number.isInteger(clipSkip) || clipSkip < 0 || layer < 0) {
    throw new ArgumentError(
      `clipSkip is ${clipSkip}, and ${encoder.name} has ${layers} layers.`,
      `Pass a whole number from 0 to ${layers - 1}.`,
    )
  }
  const tap = `hidden_states.${layer}`
  const outputs = await encoder.model.run('encoder', { input_ids: feed }, [tap])
  return { inputIds, tokens, hiddenStates: outputs[tap], pooled: outputs.text_embeds }
}

/** T5's encodings of several lists of prompts, while it is loaded. @throws ArgumentError */
export async function encodeT5(
  encoder: TextEncoder,
  batches: string[][],
  maxSequenceLength: number,
): Promise<TextEncoding[]> {
  assertSequenceLength(maxSequenceLength)
  const { config } = encoder.model
  const buckets = relativePositionBuckets(
    maxSequenceLength,
    config.number('relative_attention_num_buckets', 32),
    config.number('relative_attention_max_distance', 128),
  )
  const relative = { dims: [maxSequenceLength, maxSequenceLength], data: buckets }
  const tokenized = batches.map((prompts) => tokenize(encoder, prompts, maxSequenceLength))
  const feeds = tokenized.map(({ feed }) => ({ input_ids: feed, relative_position_buckets: relative }))
  const outputs = await encoder.model.runEach('encoder', feeds)
  return tokenized.map(({ inputIds, tokens }, i) => ({
    inputIds,
    tokens,
    hiddenStates: outputs[i].last_hidden_state,
    pooled: null,
  }))
}

/** @throws ArgumentError for a number of T5 tokens that diffusers refuses as well */
export function assertSequenceLength(tokens: number): void {
  if (Number.isInteger(tokens) && tokens >= 1 && tokens <= 512) return
  throw new ArgumentError(`maxSequenceLength is ${tokens}.`, 'Pass a whole number from 1 to 512.')
}

function tokenize({ name, tokenizer }: TextEncoder, prompts: string[], maxLength?: number) {
  const { inputIds, tokens, truncated } = tokenizer.encode(prompts, maxLength)
  for (const rest of truncated) {
    if (rest === null) continue
    console.warn(
      `${name} reads ${maxLength ?? tokenizer.maxLength} tokens; this part of the prompt was cut off: "${rest}"`,
    )
  }
  const data = BigInt64Array.from(inputIds.flat(), BigInt)
  return { inputIds, tokens, feed: { dims: [inputIds.length, inputIds[0].length], data } }
}
