import { readFile, writeFile } from 'node:fs/promises'
import { manifestHash } from '#harness'

/** Where is kept on which weights the pictures that texts describe were looked at. */
const lookedAtFile = 'grader/text/looked-at.json'

/** The weights that the texts speak of, in one hash. */
export function bundledWeights(): Promise<string> {
  return manifestHash('models/sd3-nano')
}

/** Whether somebody has looked at the pictures that the bundled weights draw, and found the texts right. */
export async function areLookedAt(): Promise<boolean> {
  const { weights } = JSON.parse(await readFile(lookedAtFile, 'utf8')) as { weights: string }
  return weights === (await bundledWeights())
}

export async function noteLookedAt(): Promise<void> {
  await writeFile(lookedAtFile, JSON.stringify({ weights: await bundledWeights() }) + '\n')
}
