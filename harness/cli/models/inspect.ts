import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Checkpoint } from '../../checkpoint/checkpoint.ts'
import { Weights } from '../../checkpoint/weights.ts'
import { describePipeline } from '../../describe.ts'
import { sizeOf } from '../../tensor.ts'
import { readTokenizerFiles } from '../../tokenizer-files.ts'

/** One part of a checkpoint, as far as it is here. */
export interface PartReport {
  name: string
  className: string
  parameters: number
  /** Of the weights that are read; 0 without. */
  bytes: number
  /** Element types, the most frequent first. */
  types: string[]
  /** What keeps it from being used, or null. */
  problem: string | null
}

const encoders = {
  textEncoder: 'tokenizer',
  textEncoder2: 'tokenizer_2',
  textEncoder3: 'tokenizer_3',
} as const

/**
 * Reads a checkpoint's configs and the headers of its weights, and holds one against the other.
 * @throws CheckpointError, UnsupportedError when already the configs cannot be used
 */
export async function inspectCheckpoint(folder: string): Promise<PartReport[]> {
  const components = await describePipeline(folder)
  const checkpoint = await Checkpoint.open(folder)
  const { transformer, vae } = components
  const reports: PartReport[] = []
  for (const [key, tokenizer] of Object.entries(encoders)) {
    const encoder = components[key as keyof typeof encoders]
    if (!encoder) continue
    const report = await inspectPart(checkpoint, encoder)
    const problem = await messageOf(readTokenizerFiles(checkpoint.folderOf(tokenizer)))
    reports.push({ ...report, problem: report.problem ?? problem })
  }
  for (const component of [transformer, vae]) reports.push(await inspectPart(checkpoint, component))
  return reports
}

type Described = Awaited<ReturnType<typeof describePipeline>>['transformer']

async function inspectPart(checkpoint: Checkpoint, component: Described): Promise<PartReport> {
  const { name, className, parameters, buffers } = component
  const count = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  const report = { name, className, parameters: count, bytes: 0, types: [], problem: null }
  const place = checkpoint.folderOf(name)
  const files = await readdir(place).catch(() => [])
  if (!files.some((file) => file.includes('.safetensors'))) return { ...report, problem: 'no weights' }
  try {
    const weights = await Weights.open(place)
    for (const { name: tensor, shape } of [...parameters, ...buffers]) weights.locate(tensor, shape)
    const sizes = weights.files.map(async (file) => (await stat(join(place, file))).size)
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    return { ...report, bytes, types: weights.types() }
  } catch (error) {
    return { ...report, problem: firstLine(error) }
  }
}

async function messageOf(work: Promise<unknown>): Promise<string | null> {
  return work.then(() => null, firstLine)
}

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n')[0]
}
