import type { EncodePromptOptions, GenerateOptions, TransformerInputs } from '#harness'
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
export function checkModelCall(method: string, args: readonly unknown[]): void {
  if (method === 'generate' || method === 'encodePrompt') checkOptions(args[0] ?? {})
  if (method === 'encodeText') checkPrompt(args[1])
  if (method === 'vaeEncode') checkSides(args[0] ?? {})
}

const PIXELS_PER_CELL = 8 ** 2

/**
 * How many pixels a call of the pipeline works on, which decides how much memory it takes. Zero for what has no
 * size, and for what has a wrong one: the pipeline refuses that itself.
 */
export function pixelsOf(method: string, [first, second]: readonly unknown[]): number {
  if (method === 'generate') {
    const { height, width, numImagesPerPrompt = 1, prompt, ...given } = (first ?? {}) as GenerateOptions
    const batch = Math.max(
      [prompt].flat().length * numImagesPerPrompt,
      sizeAlong(given.latents, [0]),
      sizeAlong(given.embeddings?.promptEmbeds, [0]),
    )
    return batch * (height ?? limits.imageSide) * (width ?? limits.imageSide)
  }
  if (method === 'vaeDecode') return PIXELS_PER_CELL * sizeAlong(first, [0, 2, 3])
  if (method === 'transformer') {
    const { hiddenStates } = (first ?? {}) as Partial<TransformerInputs>
    // What is tapped, attention above all, is kept and sent.
    const { taps } = (second ?? {}) as { taps?: unknown[] }
    return PIXELS_PER_CELL * sizeAlong(hiddenStates, [0, 2, 3]) * (1 + (taps?.length ?? 0))
  }
  return 0
}

function sizeAlong(tensor: unknown, axes: number[]): number {
  const { dims } = (tensor ?? {}) as { dims?: number[] }
  return axes.reduce((size, axis) => size * Math.abs(dims?.[axis] ?? 0), 1) || 0
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
