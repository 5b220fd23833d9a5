import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ArgumentError, CheckpointError, describePipeline, sizeOf, type Component } from '../index.ts'
import { parseOptions, runCommand } from './command.ts'
import { modelFolder, modelsFolder } from './model-folder.ts'

const usage = 'npm run models -- list | verify [FOLDER]'

/** Lists the checkpoints under models/, or checks one against the hashes it came with. */
await runCommand(async () => {
  const { positionals } = parseOptions({ allowPositionals: true }, usage)
  const [command, folder] = positionals
  switch (command) {
    case 'list':
      return list()
    case 'verify':
      return verify(folder ?? modelFolder())
    default:
      throw new ArgumentError(
        command ? `There is no command "${command}".` : 'There is no command.',
        `Usage: ${usage}`,
      )
  }
})

async function list(): Promise<void> {
  for (const name of await readdir(modelsFolder)) {
    const folder = join(modelsFolder, name)
    const isCheckpoint = await stat(join(folder, 'model_index.json')).catch(() => null)
    if (!isCheckpoint) continue
    const { textEncoder, textEncoder2, textEncoder3, transformer, vae } = await describePipeline(folder)
    const components = [textEncoder, textEncoder2, textEncoder3, transformer, vae].filter((c) => c !== null)
    const bytes = await weightBytes(folder)
    console.log(
      `${name}  ${count(components)} parameters, ${bytes ? `${megabytes(bytes)} of weights` : 'configs only'}`,
    )
    for (const component of components) {
      console.log(
        `  ${component.name.padEnd(16)}${component.className.padEnd(30)}${count([component]).padStart(14)}`,
      )
    }
  }
}

/** Compares every file that `manifest.json` names with its size and SHA-256. */
async function verify(folder: string): Promise<number> {
  const path = join(folder, 'manifest.json')
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CheckpointError(
      `There is no ${path}.`,
      'Only checkpoints with a hash manifest can be verified.',
      { cause },
    )
  })
  const { files } = JSON.parse(text) as { files: Record<string, { bytes: number; sha256: string }> }
  let damaged = 0
  for (const [name, expected] of Object.entries(files)) {
    const problem = await difference(join(folder, name), expected)
    if (problem) damaged++
    console.log(`${problem ? 'damaged' : 'ok     '} ${name}${problem ? `: ${problem}` : ''}`)
  }
  if (damaged) console.error(`${damaged} files differ.\nRestore them: git checkout -- ${folder}`)
  return damaged ? 1 : 0
}

async function difference(
  path: string,
  { bytes, sha256 }: { bytes: number; sha256: string },
): Promise<string | null> {
  const info = await stat(path).catch(() => null)
  if (!info) return 'missing'
  if (info.size !== bytes) return `${info.size} bytes, expected ${bytes}`
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  const received = hash.digest('hex')
  return received === sha256 ? null : `SHA-256 ${received}, expected ${sha256}`
}

async function weightBytes(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true })
  const sizes = files.filter((file) => file.endsWith('.safetensors')).map((file) => stat(join(folder, file)))
  return (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0)
}

function count(components: Component[]): string {
  const total = components
    .flatMap(({ parameters }) => parameters)
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  return total.toLocaleString('en')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
