import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CheckpointError } from '../errors.ts'
import type { ExternalData } from '../graph/graph.ts'
import type { DataType } from '../graph/data-type.ts'
import { formatShape } from '../tensor.ts'
import { readSafetensorsHeader, type StoredTensor } from './safetensors.ts'

/** The tensors of one component's folder, whichever of its `.safetensors` files they lie in. */
export class Weights {
  readonly folder: string
  private readonly tensors: Map<string, StoredTensor & { file: string }>

  /**
   * Reads the headers of a single file or of the shards an index lists. Of several variants the plain one is
   * preferred to `fp16`.
   * @throws CheckpointError when there is no weight file, or a shard is missing or damaged
   */
  static async open(folder: string): Promise<Weights> {
    const tensors = new Map<string, StoredTensor & { file: string }>()
    for (const file of await weightFiles(folder)) {
      for (const [name, tensor] of await readSafetensorsHeader(join(folder, file)))
        tensors.set(name, { ...tensor, file })
    }
    return new Weights(folder, tensors)
  }

  private constructor(folder: string, tensors: Map<string, StoredTensor & { file: string }>) {
    this.folder = folder
    this.tensors = tensors
  }

  /** @throws CheckpointError when the tensor is missing or has another shape than the network declares */
  locate(name: string, shape: number[]): { type: DataType; data: ExternalData } {
    const stored = this.tensors.get(name)
    if (!stored) {
      throw new CheckpointError(
        `${this.folder} has no tensor ${name}.`,
        `config.json asks for one of shape ${formatShape(shape)}: the weights belong to another config, or a file is missing.`,
      )
    }
    if (formatShape(stored.shape) !== formatShape(shape)) {
      throw new CheckpointError(
        `${join(this.folder, stored.file)} stores ${name} with shape ${formatShape(stored.shape)}.`,
        `config.json asks for ${formatShape(shape)}: the weights belong to another config.`,
      )
    }
    return { type: stored.type, data: { file: stored.file, offset: stored.offset, length: stored.length } }
  }
}

async function weightFiles(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch((cause: unknown) => {
    throw new CheckpointError(
      `There is no folder ${folder}.`,
      'Point SD3_MODEL at a diffusers checkpoint folder.',
      {
        cause,
      },
    )
  })
  const indexes = files.filter((file) => /\.safetensors\.index(\.fp16)?\.json$/.test(file)).sort(plainFirst)
  const singles = files
    .filter((file) => file.endsWith('.safetensors') && !/-\d+-of-\d+/.test(file))
    .sort(plainFirst)
  // A plain single file wins over an fp16 index and the other way round.
  const [index] = indexes
  const [single] = singles
  if (single && (!index || plainFirst(single, index) <= 0)) return [single]
  if (!index) {
    throw new CheckpointError(
      `${folder} holds no .safetensors file.`,
      'This folder has a config but no weights: point SD3_MODEL at a complete checkpoint.',
    )
  }
  const { weight_map: map } = JSON.parse(await readFile(join(folder, index), 'utf8')) as {
    weight_map?: Record<string, string>
  }
  if (!map)
    throw new CheckpointError(
      `${join(folder, index)} has no "weight_map".`,
      'Restore it from the checkpoint.',
    )
  const shards = [...new Set(Object.values(map))]
  const missing = shards.find((shard) => !files.includes(shard))
  if (missing) {
    throw new CheckpointError(
      `${join(folder, index)} lists ${missing}, which is not there.`,
      'Restore the missing shard.',
    )
  }
  return shards
}

function plainFirst(a: string, b: string): number {
  return Number(a.includes('fp16')) - Number(b.includes('fp16'))
}
