import { readFile } from 'node:fs/promises'

/**
 * A number in what a command measured and wrote down as JSON, by the keys that lead to it.
 * @example said`a step takes ${(await resultOf('models/cost/result.json', 'times', 'harness', 'step', 'median')).toFixed()} ms`
 * @throws Error when there is no number there, naming what there is
 */
export async function resultOf(path: string, ...keys: (string | number)[]): Promise<number> {
  let value: unknown = JSON.parse(await readFile(path, 'utf8'))
  for (const [i, key] of keys.entries()) {
    const here = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
    if (!Object.hasOwn(here, key)) {
      const known = Object.keys(here).join(', ') || 'nothing'
      throw new Error(`${path} has no ${keys.slice(0, i + 1).join(' › ')}; there is ${known}.`)
    }
    value = here[key]
  }
  if (typeof value !== 'number') throw new Error(`${path} has no number at ${keys.join(' › ')}.`)
  return value
}
