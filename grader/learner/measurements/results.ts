import type { Pipeline } from '#harness'
import { attention, type Attention } from './attention.ts'
import { inspection, type Inspection } from './inspection.ts'
import type { Measurement } from './measurement.ts'
import { pipelineTrace, type PipelineTrace } from './pipeline-trace.ts'
import type { RememberedResults } from './remembered-results.ts'
import { stepCounts, type StepCounts } from './step-counts.ts'
import { vaeRoundTrip, type VaeRoundTrip } from './vae-round-trip.ts'
import { withoutT5, type WithoutT5 } from './without-t5.ts'

/** What was measured; what was not asked for, or could not be measured, is missing. */
export interface Results {
  inspection?: Inspection
  attention?: Attention
  stepCounts?: StepCounts
  withoutT5?: WithoutT5 | null
  pipelineTrace?: PipelineTrace
  vaeRoundTrip?: VaeRoundTrip
}

export type MeasurementName = keyof Results

const measurements: { [Name in MeasurementName]-?: Measurement<Required<Results>[Name]> } = {
  inspection,
  attention,
  stepCounts,
  withoutT5,
  pipelineTrace,
  vaeRoundTrip,
}

/** Which measurements an exercise's predictions and pictures need, by its id. */
export const measuredFor: Record<string, MeasurementName[]> = {
  '01-pipeline-inspection': ['inspection'],
  '02-joint-attention': ['attention'],
  '03-flow-matching-steps': ['stepCounts', 'withoutT5'],
  '04-pipeline-trace': ['pipelineTrace', 'vaeRoundTrip'],
}

interface Measuring {
  pipe: Pipeline
  /** Pixels a side of what is drawn. */
  side: number
  remembered: RememberedResults
  /** Measures all anew, whatever is remembered. */
  isFresh?: boolean
  /** How much is to be done, in denoising steps; not called when all is remembered. */
  onStart?: (work: number) => void
  /** One of them is done. */
  onAdvance?: (name: MeasurementName) => void
}

export interface Measured {
  results: Results
  /** When, the oldest of them; null for none. */
  at: Date | null
  /** Why some are missing. */
  failures: Partial<Record<MeasurementName, string>>
}

/**
 * Reads what is remembered and measures the rest, one after another.
 * A measurement that fails is missing, and does not cost the others.
 */
export async function measure(names: readonly MeasurementName[], options: Measuring): Promise<Measured> {
  const { pipe, side, remembered, isFresh = false, onStart, onAdvance } = options
  const results: Record<string, unknown> = {}
  const failures: Measured['failures'] = {}
  const times: Date[] = []
  const missing: MeasurementName[] = []
  for (const name of names) {
    const known = isFresh ? null : await remembered.read<unknown>(measurements[name])
    if (known === null) missing.push(name)
    else {
      results[name] = known.result
      times.push(known.at)
    }
  }
  if (missing.length > 0) onStart?.(missing.reduce((sum, name) => sum + measurements[name].work, 0))
  for (const name of missing) {
    const measurement: Measurement = measurements[name]
    const at = new Date()
    try {
      results[name] = await measurement.measure({ pipe, side, advance: () => onAdvance?.(name) })
    } catch (error) {
      failures[name] = (error as Error).message
      continue
    }
    await remembered.write(measurement, results[name], at)
    times.push(at)
  }
  const oldest = times.length === 0 ? null : new Date(Math.min(...times.map(Number)))
  return { results: results, at: oldest, failures }
}
