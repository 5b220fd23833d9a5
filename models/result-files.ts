import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { manifestHash } from '#harness'
import { folderDestination } from '../harness/cli/destination.ts'
import { modelFolder, modelsFolder } from '../harness/cli/model-folder.ts'
import { describeMachine } from './parity/machine.ts'

/** What a result was measured on. */
export interface Provenance {
  command: string
  model: string
  /** The hash of the checkpoint's manifest.json, which holds the hashes of its weights; by name where there are several. */
  weights: string | Record<string, string>
  device: string
  /** The processor, or the GPU that the device is. */
  machine: string
  node: string
}

/**
 * @param device what the pipeline ran on
 * @param beside folders of other checkpoints that were measured with the one of SD3_MODEL
 */
export async function provenance(
  command: string,
  device: string,
  beside: readonly string[] = [],
): Promise<Provenance> {
  const { processor, gpu, versions } = await describeMachine()
  const folders = [modelFolder(), ...beside]
  const weights = await Promise.all(
    folders.map(async (folder): Promise<[name: string, hash: string]> => [
      basename(folder),
      await manifestHash(folder).catch(() => 'not named: the folder has no manifest.json'),
    ]),
  )
  return {
    command,
    model: weights.map(([name]) => name).join(' and '),
    weights: beside.length === 0 ? weights[0][1] : Object.fromEntries(weights),
    device,
    machine: device === 'cpu' ? processor : (gpu ?? processor),
    node: versions.Node,
  }
}

/** A command with the options that change what it measures, after npm's fashion. */
export function commandLine(script: string, options: Record<string, string | undefined>): string {
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${value}`],
  )
  return [`npm run ${script}`, ...(given.length > 0 ? ['--', ...given] : [])].join(' ')
}

/** What `--help` says of `--result`. */
export const resultHelp = 'writes result.json and result.md there (beside the command, when all was measured)'

/**
 * Where a result goes: the folder that was asked for; else beside its command, when it was measured in full on the
 * bundled sd3-nano, of which the texts speak; else nowhere.
 * @throws ArgumentError when what was asked for is no folder
 */
export function resultFolder(asked: string | undefined, script: URL, isWhole: boolean): string | null {
  if (asked !== undefined) return folderDestination('--result', asked)
  const bundled = resolve(modelFolder()) === join(modelsFolder, 'sd3-nano')
  return isWhole && bundled ? fileURLToPath(new URL('.', script)) : null
}

/** Writes `result.json`, whose figures the texts quote, and `result.md`, the same to be read. */
export async function writeResultFiles(
  folder: string,
  title: string,
  result: { provenance: Provenance },
  body: readonly string[],
): Promise<void> {
  const { command, model, weights, device, machine, node } = result.provenance
  const models = Object.entries(typeof weights === 'string' ? { [model]: weights } : weights)
  const named = models.map(([name, hash]) => `${name}, whose manifest.json has the SHA-256 ${hash}`)
  const origin = `\`${command}\` on ${device} (${machine}), Node ${node}; ${named.join('; ')}.`
  const page = [`# ${title}`, 'Written by a command; do not edit.', origin, ...body].join('\n\n')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'result.json'), inLines(result) + '\n')
  await writeFile(join(folder, 'result.md'), page + '\n')
}

const DECIMALS = 6

/** JSON with a line for each of the innermost records, so that changes can be read. */
function inLines(result: object): string {
  const rounded = (_: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toFixed(DECIMALS)) : value
  return JSON.stringify(result, rounded, 1).replaceAll(/[[{][^[\]{}]*[\]}]/g, (record) =>
    record.replaceAll(/\s+/g, ' '),
  )
}
