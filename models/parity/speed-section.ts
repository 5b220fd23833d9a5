import { flopsPerGuidedStep, type TransformerShape } from '../../harness/flops.ts'
import type { BenchResult, SizeTimes } from './bench.ts'
import { missing, milliseconds, number, percent, table } from './cells.ts'
import { defaultForm } from './graph-form.ts'
import type { ReferenceCase } from './reference-case.ts'
import { readResult, readResults } from './results.ts'
import type { WatchResult } from './watch.ts'

/** What bench_diffusers.py stores. */
export interface DiffusersResult {
  environment: ReferenceCase['environment']
  mode: string | null
  matrixTeraflops?: number
  encodeSeconds?: number
  sizes: Record<string, SizeTimes>
}

/** One column. */
interface Measured {
  name: string
  encodeSeconds?: number | undefined
  smallestStepSeconds?: number | undefined
  sizes: Record<string, SizeTimes>
  watch: WatchResult | null
}

/** @param config null where operations are not worth counting */
export async function speedSection(work: string, config: TransformerShape | null): Promise<string> {
  const harness = await harnessColumns(work)
  const measured = [...harness, ...(await diffusersColumns(work))]
  if (measured.length === 0) return missing('Speed', 'eager compile harness')
  const rate = (await readResult<DiffusersResult>(work, 'diffusers-eager'))?.matrixTeraflops
  const sizes = [...new Set(measured.flatMap(({ sizes }) => Object.keys(sizes)))]
  const rows: string[][] = []
  const row = (what: string, value: (one: Measured) => string) => rows.push([what, ...measured.map(value)])
  row('encode prompt and negative, ms', ({ encodeSeconds }) => milliseconds(encodeSeconds))
  if (measured.some(({ smallestStepSeconds }) => smallestStepSeconds !== undefined)) {
    row('guided step 64 × 64, ms', ({ smallestStepSeconds }) => milliseconds(smallestStepSeconds))
  }
  for (const size of sizes) {
    const [height, width] = size.split('x').map(Number)
    const flops = config && flopsPerGuidedStep(config, height, width)
    const at = `${height} × ${width}`
    row(`guided step ${at}, ms`, ({ sizes }) => milliseconds(sizes[size]?.stepSeconds))
    if (flops) {
      const teraflops = (one: Measured) => flops / 1e12 / (one.sizes[size]?.stepSeconds ?? NaN)
      row(`its ${(flops / 1e12).toFixed(1)} TFLOP, TFLOP/s`, (one) => number(teraflops(one), 0))
      if (rate) row('share of the matrix rate', (one) => percent(teraflops(one) / rate))
    }
    row(`decode ${at}, ms`, ({ sizes }) => milliseconds(sizes[size]?.decodeSeconds))
    row(`picture ${at}, s`, ({ sizes }) => number(sizes[size]?.pictureSeconds, 3))
    row(`first step ${at} (compiling included), s`, ({ sizes }) => number(sizes[size]?.firstStepSeconds, 2))
  }
  row('peak GPU memory of all of this, MiB', ({ watch }) => number(watch?.peakMiB ?? undefined, 0))
  return [
    '## Speed',
    ...(rate ? [`The card's matrix rate, measured with 8192³ in float16: ${rate.toFixed(0)} TFLOP/s.`] : []),
    table(['', ...measured.map(({ name }) => name)], rows),
  ].join('\n\n')
}

/** One for each form of the graphs, the form that the harness takes by itself first. */
async function harnessColumns(work: string): Promise<Measured[]> {
  const results = await readResults<BenchResult>(work, 'harness-')
  const isDefault = ({ form, machine }: BenchResult) => form === defaultForm(machine)
  return Promise.all(
    results
      .sort((a, b) => Number(isDefault(b)) - Number(isDefault(a)))
      .map(async (result) => ({
        ...result,
        name: `harness, ${result.form} graphs${isDefault(result) ? ' (its default)' : ''}`,
        watch: await readResult<WatchResult>(work, `watch-harness-${result.form}`),
      })),
  )
}

/** Eager first, then every mode that was compiled. */
async function diffusersColumns(work: string): Promise<Measured[]> {
  const results = await readResults<DiffusersResult>(work, 'diffusers-')
  return Promise.all(
    results
      .sort((a, b) => (a.mode ?? '').localeCompare(b.mode ?? ''))
      .map(async (result) => {
        const name = result.mode ? `diffusers-compile-${result.mode}` : 'diffusers-eager'
        return {
          ...result,
          name: result.mode ? `torch.compile ${result.mode}` : 'diffusers eager',
          watch: await readResult<WatchResult>(work, `watch-${name}`),
        }
      }),
  )
}
