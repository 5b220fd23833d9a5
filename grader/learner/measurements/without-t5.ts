import { tensor, type Tensor } from '#harness'
import { clipRows } from './inspection.ts'
import { lesson, type Measurement } from './measurement.ts'
import { distance, toPicture, type Picture } from './picture.ts'

export interface WithoutT5 {
  prompt: string
  steps: number
  withT5: Picture
  withoutT5: Picture
  /** Between the two: root mean square difference, in levels of 0 to 255. */
  distance: number
}

const STEPS = 28

/** Exercise 3: the lesson's compositional prompt with T5 and with zeros in its place; null for a model without T5. */
export const withoutT5: Measurement<WithoutT5 | null> = {
  name: 'without-t5',
  version: 1,
  work: 2 * STEPS,
  async measure({ pipe, side, advance }) {
    const components = await pipe.components()
    if (!components.textEncoder3) return null
    const { compositional: prompt, seed, guidanceScale } = lesson
    const embeddings = await pipe.encodePrompt({ prompt })
    const silenced = (embeds: Tensor) => zeroFrom(embeds, clipRows(components))
    const draw = async (given: typeof embeddings) => {
      const size = { height: side, width: side, numInferenceSteps: STEPS }
      const options = { ...size, seed, guidanceScale, callbackOnStepEnd: () => advance() }
      return (await pipe.generate({ ...options, embeddings: given })).images[0]
    }
    const whole = await draw(embeddings)
    const silent = await draw({
      ...embeddings,
      promptEmbeds: silenced(embeddings.promptEmbeds),
      negativePromptEmbeds: embeddings.negativePromptEmbeds && silenced(embeddings.negativePromptEmbeds),
    })
    return {
      ...{ prompt, steps: STEPS, distance: distance(whole, silent) },
      ...{ withT5: await toPicture(whole), withoutT5: await toPicture(silent) },
    }
  },
}

/** Zeros from one row on; the batch is 1. */
function zeroFrom({ dims, data }: Tensor, row: number): Tensor {
  return tensor(dims, data.slice().fill(0, row * dims[2])) // [1, tokens, width]
}
