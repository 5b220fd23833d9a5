import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { cachedModels } from '../../checkpoint/hub-cache.ts'
import { modelsFolder, pulledFolder } from '../../checkpoint/locate.ts'
import { formatBytes } from '../bytes.ts'
import { inspectCheckpoint, type PartReport } from './inspect.ts'

/** Prints every checkpoint under models/, models/pulled/ and in the hub's cache, part by part, and what each lacks. */
export async function listModels(): Promise<void> {
  for (const { name, folder, place } of await checkpoints()) {
    try {
      print(name, place, await inspectCheckpoint(folder))
    } catch (error) {
      const [problem] = (error as Error).message.split('\n')
      console.log(`${name}  ${place}\n  unusable: ${problem}`)
    }
  }
}

async function checkpoints(): Promise<{ name: string; folder: string; place: string }[]> {
  const here: { name: string; folder: string; place: string }[] = []
  for (const parent of [modelsFolder, pulledFolder]) {
    for (const name of (await readdir(parent).catch(() => [])).sort()) {
      const folder = join(parent, name)
      const begun = existsSync(join(folder, 'transformer')) && parent === pulledFolder
      if (!begun && !existsSync(join(folder, 'model_index.json'))) continue
      here.push({ name, folder, place: relative('', folder) })
    }
  }
  const cached = cachedModels().map(({ repository, folder }) => ({
    name: repository,
    folder,
    place: "the hub's cache",
  }))
  return [...here, ...cached]
}

function print(name: string, place: string, parts: PartReport[]): void {
  const parameters = parts.reduce((sum, part) => sum + part.parameters, 0)
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  const lacking = parts.filter(({ problem }) => problem !== null)
  const state =
    lacking.length === 0
      ? 'complete'
      : bytes === 0 && lacking.length === parts.length
        ? 'configs only'
        : `incomplete: ${lacking.map((part) => part.name).join(', ')}`
  const size = bytes ? `, ${formatBytes(bytes)} of weights` : ''
  console.log(`${name}  ${place}\n  ${parameters.toLocaleString('en')} parameters${size}, ${state}`)
  for (const part of parts) {
    const figures = part.parameters.toLocaleString('en').padStart(14)
    const weights = part.problem ?? `${formatBytes(part.bytes)} ${part.types.join(', ')}`
    console.log(`    ${part.name.padEnd(16)}${part.className.padEnd(30)}${figures}  ${weights}`)
  }
}
