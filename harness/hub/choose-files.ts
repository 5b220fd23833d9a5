import { PRECISIONS, weightSets } from '../checkpoint/weight-files.ts'
import { HubError } from '../errors.ts'
import type { RemoteFile } from './repository.ts'

const NETWORKS = ['text_encoder', 'text_encoder_2', 'text_encoder_3', 'transformer', 'vae']
const TOKENIZERS = ['tokenizer', 'tokenizer_2', 'tokenizer_3']
/** What T5 consists of in a pipeline. */
export const T5_PARTS = ['text_encoder_3', 'tokenizer_3']

/**
 * Of a repository in diffusers layout the files that the harness reads: configs, tokenizers and of each network one
 * copy of the weights, the smallest; the licence goes with them. `model_index.json` is not among them.
 * @param index the content of `model_index.json`
 * @throws HubError when a part lacks its config or has no weights as safetensors
 */
export function chooseFiles(files: readonly RemoteFile[], index: Record<string, unknown>): RemoteFile[] {
  const inFolder = (folder: string) =>
    files.flatMap((file) => {
      const [parent, name, ...deeper] = file.path.split('/')
      return parent === folder && name !== undefined && deeper.length === 0 ? [{ name, file }] : []
    })
  const named = (folder: string, names: string[]) =>
    inFolder(folder).flatMap(({ name, file }) => (names.includes(name) ? [file] : []))
  const required = (folder: string, name: string) => {
    const [file] = named(folder, [name])
    if (file) return file
    throw incomplete(`has no ${folder}/${name}`)
  }

  const isPresent = (part: string) => Array.isArray(index[part]) && typeof index[part][1] === 'string'
  return [
    ...files.filter(({ path }) => /^LICEN[SC]E(\.\w+)?$/i.test(path)),
    required('scheduler', 'scheduler_config.json'),
    ...TOKENIZERS.filter(isPresent).flatMap((part) => {
      const whole = named(part, ['tokenizer.json'])
      const pair = ['vocab.json', 'merges.txt']
      const vocabulary = whole.length ? whole : pair.map((name) => required(part, name))
      const config = required(part, 'tokenizer_config.json')
      return [config, ...named(part, ['special_tokens_map.json']), ...vocabulary]
    }),
    ...NETWORKS.filter(isPresent).flatMap((part) => {
      return [required(part, 'config.json'), ...named(part, lightestWeights(part, inFolder(part)))]
    }),
  ]
}

/** The names of the smallest complete copy of the weights, their index included. */
function lightestWeights(part: string, entries: { name: string; file: RemoteFile }[]): string[] {
  const sizes = new Map(entries.map(({ name, file }) => [name, file.size]))
  const own = [...sizes.keys()].filter((name) => /^(model|diffusion_pytorch_model)[.-]/.test(name))
  const copies = weightSets(own)
    .filter(({ complete, variant }) => complete && PRECISIONS.includes(variant))
    .map(({ index, files }) => ({
      names: index === null ? files : [...files, index],
      bytes: files.reduce((sum, name) => sum + sizes.get(name)!, 0),
    }))
    .sort((a, b) => a.bytes - b.bytes)
  if (copies[0]) return copies[0].names
  throw incomplete(`has no complete weights of ${part} as .safetensors`)
}

function incomplete(what: string): HubError {
  return new HubError(
    `The repository ${what}.`,
    'The harness reads Stable Diffusion 3 in diffusers layout, such as stabilityai/stable-diffusion-3-medium-diffusers.',
  )
}
