import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { manifestHash } from '#harness'

/** Where is kept on which weights the pictures that texts describe were looked at. */
const lookedAtFile = 'grader/text/looked-at.json'

/** The weights that the texts speak of and that the specs draw with, in one hash. */
export async function bundledWeights(): Promise<string> {
  const hash = createHash('sha256')
  for (const model of ['sd3-nano', 'ddpm-twin']) hash.update(await manifestHash(`models/${model}`))
  return hash.digest('hex')
}

/** Whether somebody has looked at the pictures that the bundled weights draw, and found the texts right. */
export async function areLookedAt(): Promise<boolean> {
  const { weights } = JSON.parse(await readFile(lookedAtFile, 'utf8')) as { weights: string }
  return weights === (await bundledWeights())
}

export async function noteLookedAt(): Promise<void> {
  await writeFile(lookedAtFile, JSON.stringify({ weights: await bundledWeights() }) + '\n')
}
