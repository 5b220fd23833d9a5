/** The files that together hold one copy of a component's weights. */
export interface WeightSet {
  /** What diffusers and transformers call the variant, such as `fp16`; null for the plain files. */
  variant: string | null
  /** The index of the shards; null for a single file. */
  index: string | null
  /** The single file, or the shards that the names say there are, sorted. */
  files: string[]
  /** False when a shard or the index is missing. */
  complete: boolean
}

/** `model.safetensors`, `model.fp16.safetensors` and the shards of either, old and new spelling. */
const FILE = /^([^.]+?)(?:-(\d+)-of-(\d+))?(?:\.([^.]+?)(?:-(\d+)-of-(\d+))?)?\.safetensors$/
/** `model.safetensors.index.json`, `model.safetensors.index.fp16.json` and two older spellings of the latter. */
const INDEX = /^([^.]+)(?:\.([^.]+))?\.safetensors(?:\.([^.]+))?\.index(?:\.([^.]+))?\.json$/
/** The names diffusers and transformers give to a component's own weights; others may be adapters or leftovers. */
const USUAL = ['model', 'diffusion_pytorch_model']
/** Precisions, best first; further variants, such as `non_ema`, hold other weights and come last. */
export const PRECISIONS: readonly (string | null)[] = [null, 'fp16', 'bf16']

/**
 * Groups the names in a component's folder into copies of its weights, the one to read first: usual names before others,
 * then complete before incomplete, plain before `fp16` before `bf16` before other variants, single files before shards.
 * Naming rules: diffusers `utils/hub_utils.py` (`_add_variant`) and `pipelines/pipeline_loading_utils.py`.
 */
export function weightSets(names: readonly string[]): WeightSet[] {
  const found = new Map<string, WeightSet & { base: string; shards: number | null }>()
  for (const name of [...names].sort()) {
    const part = parseFile(name) ?? parseIndex(name)
    if (!part) continue
    const { base, variant, shards, index } = part
    const key = JSON.stringify([base, variant, index || shards !== null])
    const set = found.get(key) ?? { base, variant, shards, index: null, files: [], complete: false }
    if (index) set.index = preferred(set.index, name)
    else set.files.push(name)
    set.shards ??= shards
    found.set(key, set)
  }
  return [...found.values()]
    .map(({ shards, ...set }) => ({
      ...set,
      complete: set.index === null ? shards === null : set.files.length === shards,
    }))
    .sort((a, b) => rank(a) - rank(b))
    .map(({ variant, index, files, complete }) => ({ variant, index, files, complete }))
}

function parseFile(name: string) {
  const match = FILE.exec(name)
  if (!match) return null
  const [, base, , oldTotal, variant = null, , total] = match
  const shards = oldTotal ?? total
  return { base, variant, shards: shards === undefined ? null : Number(shards), index: false }
}

function parseIndex(name: string) {
  const match = INDEX.exec(name)
  if (!match) return null
  const [, base, first, second, third] = match
  return { base, variant: first ?? second ?? third ?? null, shards: null, index: true }
}

/** Of several indexes of one set the one in today's spelling, which is what diffusers reads first. */
function preferred(known: string | null, name: string): string {
  return known === null || /\.safetensors\.index/.test(name) ? name : known
}

function rank({ base, variant, index, complete }: WeightSet & { base: string }): number {
  const precision = PRECISIONS.indexOf(variant)
  const usual = USUAL.includes(base) ? 0 : 1000
  const other = precision < 0 ? PRECISIONS.length : precision
  return (complete ? 0 : 100) + usual + 10 * other + (index ? 1 : 0)
}
