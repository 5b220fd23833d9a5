import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The folders of models/ whose command leaves a `result.json`; `models/made-with.test.ts` holds them to the weights. */
export type Measured = 'attention' | 'encoders' | 'judge' | 'twin'

/** On what a result was measured. */
interface Origin {
  provenance: { weights: string | Record<string, string> }
}

/** What a command measured: figures that the texts quote, and nobody types. */
export async function measured<T>(name: Measured): Promise<T & Origin> {
  return JSON.parse(await readFile(join('models', name, 'result.json'), 'utf8')) as T & Origin
}
