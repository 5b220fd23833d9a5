import { ArgumentError } from './errors.ts'
import type {
  EncodePromptOptions,
  PromptEmbeddings,
  TextEncoderName,
  TextEncoding,
} from './pipeline-types.ts'
import { assertSequenceLength, encodeT5, encodeText, type TextEncoder } from './text-encoding.ts'
import { concat, rows, zeros, type Tensor } from './tensor.ts'

export const textEncoderNames: readonly TextEncoderName[] = ['textEncoder', 'textEncoder2', 'textEncoder3']

/** The encoders a checkpoint has, and the width the transformer reads text at. */
export interface PromptEncoders {
  textEncoder: TextEncoder | null
  textEncoder2: TextEncoder | null
  textEncoder3: TextEncoder | null
  jointAttentionDim: number
}

type Prompts = [string[], string[], string[]]

/**
 * Encodes a prompt as `StableDiffusion3Pipeline.encode_prompt` does: both CLIPs side by side, padded with zeros to
 * T5's width, then T5's tokens behind them; and the two pooled vectors side by side. A checkpoint without T5 gets
 * zeros in its place, and so does every encoder that is to be silent.
 */
export async function encodePrompt(
  encoders: PromptEncoders,
  options: EncodePromptOptions,
): Promise<PromptEmbeddings> {
  const {
    numImagesPerPrompt = 1,
    clipSkip = 0,
    maxSequenceLength = 256,
    doClassifierFreeGuidance = true,
    silence = [],
  } = options
  if (!Number.isInteger(numImagesPerPrompt) || numImagesPerPrompt < 1) {
    throw new ArgumentError(
      `numImagesPerPrompt is ${numImagesPerPrompt}.`,
      'Pass a whole number, at least 1.',
    )
  }
  assertSequenceLength(maxSequenceLength) // Also where zeros stand for T5's tokens.
  assertEncoders(silence)
  const prompts = promptTriple(options.prompt, options.prompt2, options.prompt3)
  const batches = [{ prompts, clipSkip }]
  // clip_skip never applies to the negative prompt.
  if (doClassifierFreeGuidance)
    batches.push({ prompts: negativeTriple(options, prompts[0].length), clipSkip: 0 })
  const [positive, negative = null] = await encodeTriples(encoders, batches, { maxSequenceLength, silence })
  const repeat = (embeds: Tensor) => repeatRows(embeds, numImagesPerPrompt)
  return {
    promptEmbeds: repeat(positive.embeds),
    pooledPromptEmbeds: repeat(positive.pooled),
    negativePromptEmbeds: negative && repeat(negative.embeds),
    negativePooledPromptEmbeds: negative && repeat(negative.pooled),
  }
}

function assertEncoders(silence: unknown): void {
  const known = Array.isArray(silence) && silence.every((name) => textEncoderNames.includes(name as never))
  if (known) return
  throw new ArgumentError(
    `silence is ${JSON.stringify(silence)}.`,
    `Pass a list of encoders: some of ${textEncoderNames.join(', ')}.`,
  )
}

/** Encoder by encoder, each for all of the prompts, so that none need be loaded twice. */
async function encodeTriples(
  encoders: PromptEncoders,
  batches: { prompts: Prompts; clipSkip: number }[],
  { maxSequenceLength, silence }: Required<Pick<EncodePromptOptions, 'maxSequenceLength' | 'silence'>>,
): Promise<{ embeds: Tensor; pooled: Tensor }[]> {
  const { textEncoder, textEncoder2, textEncoder3, jointAttentionDim } = encoders
  if (!textEncoder || !textEncoder2) {
    throw new ArgumentError(
      `This checkpoint was saved without ${textEncoder ? 'text_encoder_2' : 'text_encoder'}.`,
      'Pass `embeddings` that were encoded elsewhere, or use a checkpoint with both CLIP encoders.',
    )
  }
  const clips: ClipEncoding[][] = []
  for (const [i, encoder] of [textEncoder, textEncoder2].entries()) {
    const encodings: ClipEncoding[] = []
    for (const { prompts, clipSkip } of batches)
      encodings.push(
        silence.includes(encoder.name)
          ? silentClip(encoder, prompts[i].length)
          : await encodeText(encoder, prompts[i], { clipSkip }),
      )
    clips.push(encodings)
  }
  const texts = batches.map(({ prompts }) => prompts[2])
  const t5s =
    textEncoder3 && !silence.includes(textEncoder3.name)
      ? (await encodeT5(textEncoder3, texts, maxSequenceLength)).map(({ hiddenStates }) => hiddenStates)
      : texts.map(({ length }) => zeros([length, maxSequenceLength, jointAttentionDim]))
  return t5s.map((t5, i) => {
    const [first, second] = [clips[0][i], clips[1][i]]
    const clip = concat([first.hiddenStates, second.hiddenStates], 2) // [batch, 77, 768 + 1280]
    return {
      embeds: concat([toWidth(clip, t5.dims[2]), t5], 1), // [batch, 77 + maxSequenceLength, 4096]
      pooled: concat([first.pooled!, second.pooled!], 1), // [batch, 768 + 1280]
    }
  })
}

type ClipEncoding = Pick<TextEncoding, 'hiddenStates' | 'pooled'>

/** Zeros in the shapes of what a CLIP would say of a batch of prompts. */
function silentClip({ model: { config }, tokenizer }: TextEncoder, batch: number): ClipEncoding {
  return {
    hiddenStates: zeros([batch, tokenizer.maxLength, config.number('hidden_size')]),
    pooled: zeros([batch, config.number('projection_dim')]),
  }
}

/** Prompts for the second and third encoder default to the first's; an empty one counts as none, as in diffusers. */
function promptTriple(
  first: string | string[],
  second?: string | string[],
  third?: string | string[],
): Prompts {
  const triple = [first, second || first, third || first].map((prompt, i) =>
    promptList(`prompt${i ? i + 1 : ''}`, prompt),
  ) as Prompts
  const [{ length }] = triple
  triple.forEach((prompts, i) => {
    if (prompts.length !== length) {
      throw new ArgumentError(
        `prompt has ${length} entries and prompt${i + 1} has ${prompts.length}.`,
        'Pass one entry per picture in each.',
      )
    }
  })
  return triple
}

/** One text or several, as a list. @throws ArgumentError for an empty list, or for anything that is no text */
export function promptList(name: string, prompt: string | string[]): string[] {
  const prompts: unknown[] = Array.isArray(prompt) ? prompt : [prompt]
  if (prompts.length === 0) {
    throw new ArgumentError(`${name} is an empty list.`, 'Pass at least one prompt.')
  }
  if (prompts.every((text) => typeof text === 'string')) return prompts
  throw new ArgumentError(`${name} is ${JSON.stringify(prompt)}.`, 'Pass a text, or a list of texts.')
}

/** One negative text serves the whole batch; a list must match it. */
function negativeTriple(options: EncodePromptOptions, batch: number): Prompts {
  const { negativePrompt = '', negativePrompt2, negativePrompt3 } = options
  return [negativePrompt, negativePrompt2 || negativePrompt, negativePrompt3 || negativePrompt].map(
    (prompt, i) => {
      const name = `negativePrompt${i ? i + 1 : ''}`
      const list = promptList(name, prompt)
      const prompts = typeof prompt === 'string' ? Array<string>(batch).fill(prompt) : list
      if (prompts.length === batch) return prompts
      throw new ArgumentError(
        `${name} has ${prompts.length} entries for ${batch} prompts.`,
        'Pass one text, or one per prompt.',
      )
    },
  ) as Prompts
}

/** Zeros behind each token's columns; where T5 is the narrower, diffusers pads by a negative width, which cuts. */
function toWidth({ dims: [batch, tokens, own], data }: Tensor, width: number): Tensor {
  const fitted = zeros([batch, tokens, width])
  for (let row = 0; row < batch * tokens; row++) {
    fitted.data.set(data.subarray(row * own, row * own + Math.min(own, width)), row * width)
  }
  return fitted
}

/** Each row `times` times, consecutively. */
function repeatRows(value: Tensor, times: number): Tensor {
  if (times === 1) return value
  const single = Array.from({ length: value.dims[0] }, (_, i) => rows(value, i, i + 1))
  return concat(
    single.flatMap((row) => Array<Tensor>(times).fill(row)),
    0,
  )
}
