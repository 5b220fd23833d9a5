import type { EncodePromptOptions, GenerateOptions, Image, TransformerInputs } from '#harness'
import { pipelineMethods } from '#grader/spec/model.ts'
import type { Callable, Methods } from './functions.ts'
import { limits } from './limits.ts'

const handles = new WeakMap<object, Methods>()

/** The methods by which a submission may use a pipeline it was handed; null when the object is no pipeline. */
export function pipelineHandle(value: object): Methods | null {
  const known = handles.get(value)
  if (known) return known
  const candidate = value as Record<string, unknown>
  const names = pipelineMethods.filter((name) => typeof candidate[name] === 'function')
  if (names.length === 0) return null
  const methods = Object.fromEntries(names.map((name) => [name, (candidate[name] as Callable).bind(value)]))
  handles.set(value, methods)
  return methods
}

/**
 * Refuses what would keep the trusted side busy for long. Meanings and shapes are the pipeline's own to check.
 * @throws RangeError naming the limit
 */
export function checkModelCall(method: string, given: unknown): void {
  if (!Array.isArray(given)) throw new TypeError('No list of arguments.')
  const args = given as unknown[]
  if (method === 'generate' || method === 'encodePrompt') checkOptions(optionsIn(args[0]))
  if (method === 'encodeText') checkPrompt(args[1])
  if (method === 'vaeEncode') checkSides(args[0] ?? {})
}

const PIXELS_PER_CELL = 8 ** 2
/** The embeddings of a prompt, with those of its negative, are as many megabytes. */
const PIXELS_PER_PROMPT = 512 ** 2
const PIXELS_PER_CALL = 256 ** 2
const CELLS_PER_TOKEN = 2 ** 2
/** Of one block's attention, in all its heads: a picture of 1024 × 1024 without text has as many. */
const SCORES_PER_PIXEL = 16

/** How many pixels a call of the pipeline works on, or what weighs as much: that decides how much memory it takes. */
export function pixelsOf(method: string, args: unknown): number {
  const [first, second] = Array.isArray(args) ? (args as unknown[]) : []
  return Math.max(PIXELS_PER_CALL, Math.abs(sizeOfWork(method, first, second)))
}

/** Zero for what has no size, and for what has a wrong one: the pipeline refuses that itself. */
function sizeOfWork(method: string, first: unknown, second: unknown): number {
  switch (method) {
    case 'generate': {
      const { height, width, numImagesPerPrompt = 1, prompt, ...given } = (first ?? {}) as GenerateOptions
      const batch = Math.max(
        [prompt].flat().length * numImagesPerPrompt,
        sizeAlong(given.latents, [0]),
        sizeAlong(given.embeddings?.promptEmbeds, [0]),
      )
      return batch * (height ?? limits.imageSide) * (width ?? limits.imageSide)
    }
    case 'encodePrompt': {
      const { prompt, numImagesPerPrompt = 1 } = (first ?? {}) as EncodePromptOptions
      return PIXELS_PER_PROMPT * [prompt].flat().length * numImagesPerPrompt
    }
    case 'encodeText':
      return PIXELS_PER_PROMPT * [second].flat().length
    case 'vaeEncode': {
      const { height, width } = (first ?? {}) as Partial<Image>
      return Number(height) * Number(width) || 0
    }
    case 'vaeDecode':
      return PIXELS_PER_CELL * sizeAlong(first, [0, 2, 3])
    case 'transformer': {
      const { hiddenStates, encoderHiddenStates } = (first ?? {}) as Partial<TransformerInputs>
      const picture = PIXELS_PER_CELL * sizeAlong(hiddenStates, [0, 2, 3])
      const tokens = sizeAlong(hiddenStates, [2, 3]) / CELLS_PER_TOKEN + sizeAlong(encoderHiddenStates, [1])
      const scores = (sizeAlong(hiddenStates, [0]) * tokens ** 2) / SCORES_PER_PIXEL
      // What is tapped, attention above all, is kept and sent.
      const { taps } = (second ?? {}) as { taps?: unknown[] }
      return picture + (taps?.length ?? 0) * Math.max(picture, scores)
    }
    default:
      return 0
  }
}

function sizeAlong(tensor: unknown, axes: number[]): number {
  const { dims } = (tensor ?? {}) as { dims?: number[] }
  return axes.reduce((size, axis) => size * Math.abs(dims?.[axis] ?? 0), 1) || 0
}

const MOST_OPTIONS = 100

/** The options as they are; not a string or an array, which has a key for each of some million elements. */
function optionsIn(given: unknown): GenerateOptions {
  const options = given ?? {}
  const isRecord = typeof options === 'object' && Object.getPrototypeOf(options) === Object.prototype
  if (!isRecord || Object.keys(options).length > MOST_OPTIONS) throw new TypeError('Options are an object.')
  return options
}

function checkOptions(options: GenerateOptions): void {
  const prompts: (keyof EncodePromptOptions)[] = ['prompt', 'prompt2', 'prompt3']
  const negatives: (keyof EncodePromptOptions)[] = ['negativePrompt', 'negativePrompt2', 'negativePrompt3']
  for (const name of [...prompts, ...negatives]) checkPrompt(options[name])
  atMost(options.numInferenceSteps, limits.inferenceSteps, 'numInferenceSteps')
  atMost(options.numImagesPerPrompt, limits.prompts, 'numImagesPerPrompt')
  atMost(options.maxSequenceLength, 512, 'maxSequenceLength')
  checkSides(options)
}

function checkSides({ height, width }: { height?: number; width?: number }): void {
  atMost(height, limits.imageSide, 'height')
  atMost(width, limits.imageSide, 'width')
}

function checkPrompt(prompt: unknown): void {
  const prompts = Array.isArray(prompt) ? (prompt as unknown[]) : [prompt]
  atMost(prompts.length, limits.prompts, 'the number of prompts')
  for (const one of prompts)
    if (typeof one === 'string') atMost(one.length, limits.promptLength, 'prompt length')
}

function atMost(value: number | undefined, limit: number, name: string): void {
  if (value !== undefined && !(value <= limit)) {
    throw new RangeError(`${name} is ${value}, more than a graded run allows.\nUse at most ${limit}.`)
  }
}
