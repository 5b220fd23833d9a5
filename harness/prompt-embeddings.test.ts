import { expect, it } from 'vitest'
import { ConfigReader } from './config-reader.ts'
import { encodePrompt } from './prompt-embeddings.ts'
import type { Tensor } from './tensor.ts'
import type { TextEncoder } from './text-encoding.ts'

/** An encoder of one token whose columns are `first`, `first + 1`, …; no network behind it. */
function encoder(name: TextEncoder['name'], first: number, width: number): TextEncoder {
  const columns = (): Tensor => ({
    dims: [1, 1, width],
    data: Float32Array.from({ length: width }, (_, i) => first + i),
  })
  const run = async (part: string, feeds: object, taps: string[] = []) => ({
    text_embeds: { dims: [1, 1], data: Float32Array.of(0) },
    last_hidden_state: columns(),
    ...Object.fromEntries(taps.map((tap) => [tap, columns()])),
  })
  const runEach = (part: string, feeds: object[]) => Promise.all(feeds.map((feed) => run(part, feed)))
  const model = { config: new ConfigReader({ num_hidden_layers: 2 }, 'config.json'), run, runEach }
  const tokenizer = { maxLength: 1, encode: () => ({ inputIds: [[0]], tokens: [['a']], truncated: [null] }) }
  return { name, model, tokenizer } as unknown as TextEncoder
}

it.each([
  ['zeros behind CLIP where T5 is wider', 6, [10, 11, 20, 21, 0, 0, 30, 31, 32, 33, 34, 35]],
  ['CLIP cut where T5 is narrower, as torch pads by a negative width', 3, [10, 11, 20, 30, 31, 32]],
  ['CLIP as it is where both are equally wide', 4, [10, 11, 20, 21, 30, 31, 32, 33]],
])('%s', async (_, width, expected) => {
  const encoders = {
    textEncoder: encoder('textEncoder', 10, 2),
    textEncoder2: encoder('textEncoder2', 20, 2),
    textEncoder3: encoder('textEncoder3', 30, width),
    jointAttentionDim: width,
  }
  const options = { prompt: 'a', maxSequenceLength: 1, doClassifierFreeGuidance: false }
  const { promptEmbeds } = await encodePrompt(encoders, options)
  expect(promptEmbeds.dims).toEqual([1, 2, width])
  expect([...promptEmbeds.data]).toEqual(expected)
})

it.each([0, -5, 1.5, 513])(
  'refuses a maxSequenceLength of %s also where no T5 reads it',
  async (maxSequenceLength) => {
    const clips = { textEncoder: encoder('textEncoder', 10, 2), textEncoder2: encoder('textEncoder2', 20, 2) }
    const encoders = { ...clips, textEncoder3: null, jointAttentionDim: 4 }
    const encoding = encodePrompt(encoders, { prompt: 'a', maxSequenceLength })
    await expect(encoding).rejects.toThrow(
      `maxSequenceLength is ${maxSequenceLength}.\nPass a whole number from 1 to 512.`,
    )
  },
)
