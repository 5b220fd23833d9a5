import { freshPipeline, type Sizes } from '#grader/spec/fresh-pipeline.ts'
import type { Pipeline, Tensor } from '#harness'
import { RememberedResults } from './remembered-results.ts'
import { measure, measuredFor, type Measured } from './results.ts'

/** A multiple of every patch in pixels that a fresh pipeline may have. */
export const SIDE = 64

export const allMeasurements = Object.values(measuredFor).flat()

/**
 * A pipeline of sizes that nobody has seen, whose attention is what attention is: rows that add up to 1; and whose
 * networks have parameters.
 */
export function attentivePipeline(options?: { t5: boolean }): { pipe: Pipeline; sizes: Sizes } {
  const { pipe, sizes } = freshPipeline(options)
  const transformer: Pipeline['transformer'] = async (...args) => {
    const { sample, taps } = await pipe.transformer(...args)
    const entries = Object.entries(taps)
    return {
      sample,
      taps: Object.fromEntries(
        entries.map(([tap, value]) => [tap, tap.endsWith('.attn') ? softmax(value) : value]),
      ),
    }
  }
  const components: Pipeline['components'] = async () => {
    const made = await pipe.components()
    const { textEncoder, textEncoder2, textEncoder3, vae } = made
    for (const [i, network] of [textEncoder, textEncoder2, textEncoder3, made.transformer, vae].entries())
      network?.parameters.push({
        name: 'weight',
        module: '',
        moduleType: 'Linear',
        shape: [1000, 31 * (i + 3)],
      })
    return made
  }
  return { pipe: { ...pipe, transformer, components }, sizes }
}

/** Everything measured on such a pipeline. @param folder where the results are remembered */
export async function measuredOn(pipe: Pipeline, folder: string): Promise<Measured> {
  const remembered = await RememberedResults.open(folder, folder, 'cpu')
  return measure(allMeasurements, { pipe, side: SIDE, remembered })
}

function softmax({ dims, data }: Tensor): Tensor {
  const width = dims[dims.length - 1]
  const exps = data.map((value) => Math.exp(4 * value))
  for (let row = 0; row < exps.length; row += width) {
    const sum = exps.subarray(row, row + width).reduce((total, value) => total + value, 0)
    for (let i = row; i < row + width; i++) exps[i] /= sum
  }
  return { dims, data: exps }
}
