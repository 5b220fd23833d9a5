import { readdir, realpath } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { CheckpointError } from '../errors.ts'
import type { ExternalData } from '../graph/graph.ts'
import type { DataType } from '../graph/data-type.ts'
import { formatShape } from '../tensor.ts'
import { readJsonObject } from './json-object.ts'
import { readSafetensorsHeader, type StoredTensor } from './safetensors.ts'
import { weightSets } from './weight-files.ts'

interface Located extends StoredTensor {
  /** The weight file's name in the component's folder. */
  name: string
  /** Where it lies, from `root`, links followed. */
  file: string
}

/** The tensors of one component's folder, whichever of its `.safetensors` files they lie in. */
export class Weights {
  readonly folder: string
  /**
   * What the files of `locate` are relative to. Usually the component's folder; where its files are links, as in
   * Hugging Face's download cache, the folder that holds what they point at: onnxruntime follows no link out of it.
   */
  readonly root: string
  private readonly tensors: Map<string, Located>

  /**
   * Reads the headers of a single file or of the shards an index lists. Of several variants the first of
   * {@link weightSets} is read: the plain one, if it is complete.
   * @throws CheckpointError when there is no weight file, or a shard is missing or damaged
   */
  static async open(folder: string): Promise<Weights> {
    const names = await weightFiles(folder)
    const headers = await Promise.all(names.map((name) => readSafetensorsHeader(join(folder, name))))
    const paths = await Promise.all(names.map((name) => realpath(join(folder, name))))
    const root = commonFolder(paths)
    const tensors = new Map<string, Located>()
    for (const [i, name] of names.entries()) {
      const file = relative(root, paths[i]).replaceAll(sep, '/')
      for (const [tensor, stored] of headers[i]) tensors.set(tensor, { ...stored, name, file })
    }
    return new Weights(folder, root, tensors)
  }

  private constructor(folder: string, root: string, tensors: Map<string, Located>) {
    this.folder = folder
    this.root = root
    this.tensors = tensors
  }

  /** The names of the files that are read. */
  get files(): string[] {
    return [...new Set([...this.tensors.values()].map(({ name }) => name))]
  }

  /** The element types of the tensors, the one with most bytes first. */
  types(): DataType[] {
    const bytes = new Map<DataType, number>()
    for (const { type, length } of this.tensors.values()) bytes.set(type, (bytes.get(type) ?? 0) + length)
    return [...bytes].sort((a, b) => b[1] - a[1]).map(([type]) => type)
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
        `${join(this.folder, stored.name)} stores ${name} with shape ${formatShape(stored.shape)}.`,
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
  // Shards without their index say nothing about which tensor lies where.
  const [chosen] = weightSets(files).filter(({ index, complete }) => index !== null || complete)
  if (!chosen) {
    throw new CheckpointError(
      `${folder} holds no complete .safetensors weights.`,
      'Point SD3_MODEL at a complete checkpoint; npm run models -- pull sd3-medium fetches one.',
    )
  }
  const { index } = chosen
  if (index === null) return chosen.files
  const { weight_map: map } = await readJsonObject(join(folder, index))
  const shards = [...new Set(Object.values(map ?? {}).map(String))]
  if (shards.length === 0) {
    throw new CheckpointError(
      `${join(folder, index)} has no "weight_map" that lists a file.`,
      'Restore it from the checkpoint.',
    )
  }
  const missing = shards.find((shard) => !files.includes(shard))
  if (missing) {
    throw new CheckpointError(
      `${join(folder, index)} lists ${missing}, which is not there.`,
      'Restore the missing shard.',
    )
  }
  return shards
}

/** The deepest folder above all of the files. */
function commonFolder([first, ...others]: string[]): string {
  let folder = dirname(first)
  const holds = (path: string) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
  while (!others.every(holds) && folder !== dirname(folder)) folder = dirname(folder)
  return folder
}
