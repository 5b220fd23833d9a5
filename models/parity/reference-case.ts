import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Tensor } from '#harness'
import { readTensors } from '../../harness/fixtures/read-tensors.ts'

/** One case as reference.py stored it. */
export interface ReferenceCase {
  name: string
  kind: 'text_encoder' | 'encode_prompt' | 'transformer' | 'vae_decode' | 'vae_encode' | 'picture'
  /** The folder's name under `checkpoints`. */
  checkpoint: string
  component: string
  seeds: number
  /** Pixels; 0 where a case has no size. */
  height: number
  width: number
  options: { steps?: number; also_wholly_half?: boolean }
  prompts: string[] // [seeds]
  negative_prompts: string[] // [seeds]
  /** How many cases this checkpoint has, stored yet or not. */
  checkpoint_cases: number
  environment: { date: string; device: string; versions: Record<string, string> }
}

/** Who computed: diffusers in float32, in float16, or in float16 with T5's `wo` too. */
export type Precision = 'fp32' | 'fp16' | 'half'

/** A case's tensors by seed, then `input` or precision, then name. */
export class CaseTensors {
  private readonly tensors: Record<string, Tensor>

  static async read(folder: string, { name }: ReferenceCase): Promise<CaseTensors> {
    return new CaseTensors(await readTensors(join(folder, `${name}.safetensors`)))
  }

  private constructor(tensors: Record<string, Tensor>) {
    this.tensors = tensors
  }

  /** The tensors of one group, by name. */
  group(seed: number, group: 'input' | Precision): Record<string, Tensor> {
    const prefix = `${seed}/${group}/`
    return Object.fromEntries(
      Object.entries(this.tensors)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, value]) => [key.slice(prefix.length), value]),
    )
  }
}

/** The stored cases, those of one checkpoint together; none where there is no such folder. */
export async function readCases(folder: string): Promise<ReferenceCase[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const files = names.filter((file) => file.endsWith('.json'))
  const cases = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8')) as ReferenceCase),
  )
  const order = [...orderOfKinds]
  return cases.sort(
    (a, b) =>
      a.checkpoint.localeCompare(b.checkpoint) ||
      order.indexOf(a.kind) - order.indexOf(b.kind) ||
      a.component.localeCompare(b.component) ||
      a.height * a.width - b.height * b.width,
  )
}

const orderOfKinds = [
  'text_encoder',
  'encode_prompt',
  'transformer',
  'vae_encode',
  'vae_decode',
  'picture',
] as const
