import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The commands that leave a `result.json` in a folder of models/, by the folder. */
export const measuring = {
  attention: 'npm run attention',
  encoders: 'npm run encoders',
  judge: 'npm run judge -- --sizes 512x512,256x384',
} as const
export type Measured = keyof typeof measuring

/** On what a result was measured. */
interface Origin {
  provenance: { weights: string }
}

/** What a command measured: figures that the texts quote, and nobody types. */
export async function measured<T>(name: Measured): Promise<T & Origin> {
  return JSON.parse(await readFile(join('models', name, 'result.json'), 'utf8')) as T & Origin
}
