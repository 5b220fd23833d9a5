import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { manifestHash } from '#harness'

/** Folders of checkpoints and of what belongs to no bundled weights. */
const OTHERS = ['pulled', 'sd3-medium', 'training']

const files = (await readdir('models', { recursive: true, encoding: 'utf8' }))
  .map((path) => join('models', path).replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.json') && !OTHERS.includes(path.split('/')[1]))

/** Results that say in `weights`, or in their provenance's, what they were made with: the hash of a manifest, or one for each of several models. */
const results = (await Promise.all(files.map(readWeights))).flat()

it('what the texts quote, and the pictures that they show, are such results', () => {
  const measured = ['attention', 'cost', 'devices', 'encoders', 'judge', 'twin']
  const quoted = [...measured.map((name) => `${name}/result`), 'pictures/drawn-with']
  expect(results.map(({ file }) => file)).toEqual(
    expect.arrayContaining(quoted.map((name) => `models/${name}.json`)),
  )
})

it.each(results)(
  '$file was made with the weights of $model that are bundled',
  async ({ file, model, hash }) => {
    const remedy = `${file} was made with others: run npm run rebake, or the command that wrote it`
    expect(await manifestHash(join('models', model)), remedy).toBe(hash)
  },
)

async function readWeights(file: string): Promise<{ file: string; model: string; hash: string }[]> {
  const content = JSON.parse(await readFile(file, 'utf8')) as {
    weights?: unknown
    provenance?: { weights?: unknown }
  } | null
  const weights = content?.weights ?? content?.provenance?.weights ?? {}
  const each: [string, unknown][] =
    typeof weights === 'string' ? [['sd3-nano', weights]] : Object.entries(weights)
  return each.flatMap(([model, hash]) =>
    typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) ? [{ file, model, hash }] : [],
  )
}
