import type { Tensor } from '#harness'
import { CaseTensors, type Precision, type ReferenceCase } from './reference-case.ts'
import { difference, type Difference } from './relative-error.ts'

/** The harness may be this much farther from diffusers' float32 than diffusers' own float16 is. */
export const ALLOWED_RATIO = 1.2

/** One output of one case, over all of its seeds. A number that is not finite is null once it is stored as JSON. */
export interface ParityRow {
  checkpoint: string
  case: string
  output: string
  size: string
  seeds: number
  /** ‖harness − fp32‖ / ‖fp32‖ */
  harness: number
  /** ‖fp16 − fp32‖ / ‖fp32‖, both diffusers' */
  diffusers: number
  ratio: number
  harnessLargest: number
  diffusersLargest: number
  /** Mean difference of a picture's bytes; null for what is no picture. */
  levels: { harness: number; diffusers: number } | null
  /** Root mean square of the float32 reference. */
  magnitude: number
  /** null where the harness does not compute in float16, and the ratio says nothing. */
  pass: boolean | null
  /** What to know beside the numbers, or why the row failed. */
  note: string
}

type Run = (seed: number, input: Record<string, Tensor>) => Promise<Record<string, Tensor>>

/** Runs a case with every seed and compares each output. */
export async function judgeCase(
  folder: string,
  reference: ReferenceCase,
  run: Run,
  judged: boolean,
): Promise<ParityRow[]> {
  const tensors = await CaseTensors.read(folder, reference)
  const bySeed: Record<string, Tensor>[] = []
  for (let seed = 0; seed < reference.seeds; seed++) {
    bySeed.push(await run(seed, tensors.group(seed, 'input')))
  }
  const expected = bySeed.map((_, seed) => tensors.group(seed, 'fp32'))
  const theirs = bySeed.map((_, seed) => tensors.group(seed, 'fp16'))
  const names = Object.keys(expected[0]).filter((name) => name !== 'input_ids')
  const wrongIds = bySeed.filter(
    ({ input_ids: ids }, seed) => ids && difference([ids], [expected[seed].input_ids]).largest > 0,
  ).length
  return names.map((name) => {
    const exact = expected.map((outputs) => outputs[name])
    const ours = difference(
      bySeed.map((outputs) => outputs[name]),
      exact,
    )
    const own = difference(
      theirs.map((outputs) => outputs[name]),
      exact,
    )
    const notes = [
      wrongIds > 0 ? `other token ids than the reference for ${wrongIds} of ${reference.seeds} prompts` : '',
      ours.notFinite > 0 ? `${ours.notFinite} values of the harness are not finite` : '',
      own.notFinite > 0 ? `${own.notFinite} values of diffusers' own float16 are not finite` : '',
      wholeHalf(tensors, reference, name),
    ]
    const row = rowOf(reference, name, ours, own)
    // Without a finite error of diffusers' own there is nothing to hold the harness against.
    const isFinite = Number.isFinite(ours.relative) && Number.isFinite(own.relative)
    const pass = judged ? isFinite && row.ratio <= ALLOWED_RATIO && wrongIds === 0 : null
    return { ...row, pass, note: notes.filter(Boolean).join('; ') }
  })
}

function rowOf(
  { checkpoint, name, seeds, height, width }: ReferenceCase,
  output: string,
  ours: Difference,
  own: Difference,
): Omit<ParityRow, 'pass' | 'note'> {
  return {
    checkpoint,
    case: name.slice(checkpoint.length + 1).replace(/-\d+x\d+$/, ''),
    output,
    size: height > 0 ? `${height} × ${width}` : '',
    seeds,
    harness: ours.relative,
    diffusers: own.relative,
    ratio: ours.relative === 0 && own.relative === 0 ? 1 : ours.relative / own.relative,
    harnessLargest: ours.largest,
    diffusersLargest: own.largest,
    levels: output === 'picture' ? { harness: ours.mean, diffusers: own.mean } : null,
    magnitude: ours.magnitude,
  }
}

/** What transformers itself computes when T5's `wo` is in float16 too: the case must be one that this breaks. */
function wholeHalf(tensors: CaseTensors, { options, seeds }: ReferenceCase, name: string): string {
  if (!options.also_wholly_half) return ''
  const group = (precision: Precision) =>
    Array.from({ length: seeds }, (_, seed) => tensors.group(seed, precision)[name])
  const { relative, notFinite } = difference(group('half'), group('fp32'))
  return `with wo in float16 transformers itself is off by ${relative.toPrecision(2)}, ${notFinite} values not finite`
}
