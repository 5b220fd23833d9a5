import type { DrawSettings, ModelInfo } from './wire.ts'

/** A request that cannot be carried out: what came, and what to send instead. */
export class RequestError extends Error {
  readonly status: number
  readonly problem: string
  readonly remedy: string

  constructor(status: number, problem: string, remedy: string) {
    super(`${problem}\n${remedy}`)
    this.status = status
    this.problem = problem
    this.remedy = remedy
  }
}

const SEEDS = 2 ** 32

/**
 * What a page asks to have drawn, checked against what this model and this memory allow.
 * @param textTokens rows of the text in the joint sequence
 * @throws RequestError naming the first value that does not fit
 */
export function drawSettings(body: unknown, { patch, limits }: ModelInfo, textTokens: number): DrawSettings {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new RequestError(400, 'The request is no JSON object.', 'Send { prompt, height, width, … }.')
  const values = body as Record<string, unknown>
  const number = (name: string, least: number, most: number, { whole = true, step = 1 } = {}): number => {
    const value = values[name]
    const fits = typeof value === 'number' && value >= least && value <= most
    if (fits && (!whole || (Number.isInteger(value) && value % step === 0))) return value
    const kind = !whole ? 'a number' : step === 1 ? 'a whole number' : `a multiple of ${step}`
    throw new RequestError(
      400,
      `${name} is ${JSON.stringify(value)}.`,
      `Choose ${kind} from ${least} to ${most}.`,
    )
  }
  const { prompt } = values
  if (typeof prompt !== 'string') throw new RequestError(400, 'There is no prompt.', 'Send a text as prompt.')
  if (prompt.length > limits.prompt)
    throw new RequestError(
      400,
      `The prompt has ${prompt.length} characters.`,
      `Shorten it to ${limits.prompt}: the encoders read 77 and 256 tokens.`,
    )
  const settings = {
    prompt,
    height: number('height', patch, limits.side, { step: patch }),
    width: number('width', patch, limits.side, { step: patch }),
    numInferenceSteps: number('numInferenceSteps', 1, limits.steps),
    guidanceScale: number('guidanceScale', 0, 30, { whole: false }),
    seed: number('seed', 0, SEEDS - 1),
  }
  const image = (settings.height / patch) * (settings.width / patch)
  if (image + textTokens > limits.tokens)
    throw new RequestError(
      400,
      `${settings.height} × ${settings.width} makes ${image} patches, and one block's attention among them would not fit in memory.`,
      `Choose a size of at most ${limits.tokens - textTokens} patches of ${patch} × ${patch} pixels.`,
    )
  return settings
}
