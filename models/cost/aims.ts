import type { Summary } from './summary.ts'

export const HARNESS = 'harness'
export const EAGER = 'diffusers eager'
const isCompiled = (name: string) => name.startsWith('torch.compile')

/** How much faster a guided step is to be than diffusers' eager one. */
const TIMES_EAGER = 1.5
const STEP_MILLISECONDS = 100
const PICTURE_MILLISECONDS = 4000
/** What two float32 implementations of 28 guided steps may differ by. */
const LEVELS = 4

export interface Aim {
  what: string
  measured: string
  /** null where its subject was not measured. */
  met: boolean | null
}

/** Holds the harness' medians against what it is meant to cost. */
export function aimsOf({ times, levels }: Summary): Aim[] {
  const own = times[HARNESS]
  const eager = times[EAGER]?.step.median
  const compiled = Object.entries(times)
    .filter(([name]) => isCompiled(name))
    .map(([, { step }]) => step.median)
  const fastest = compiled.length > 0 ? Math.min(...compiled) : undefined
  const step = own?.step.median
  const ratio = (other: number | undefined, least: number, what: string): Aim => {
    if (step === undefined || other === undefined) return { what, measured: 'not measured', met: null }
    return { what, measured: `${(other / step).toFixed(2)} ×`, met: other / step >= least }
  }
  const limit = (value: number | undefined, most: number, what: string, unit: string, scale = 1): Aim => {
    if (value === undefined) return { what, measured: 'not measured', met: null }
    return { what, measured: `${+(value / scale).toPrecision(3)} ${unit}`, met: value <= most }
  }
  return [
    ratio(eager, TIMES_EAGER, `a guided step at least ${TIMES_EAGER} times as fast as diffusers eager`),
    ratio(fastest, 1, 'a guided step no slower than the fastest torch.compile'),
    limit(step, STEP_MILLISECONDS, `a guided step in ${STEP_MILLISECONDS} ms`, 'ms'),
    limit(
      own?.picture.median,
      PICTURE_MILLISECONDS,
      `a picture in ${PICTURE_MILLISECONDS / 1000} s`,
      's',
      1000,
    ),
    limit(levels[HARNESS], LEVELS, `diffusers' picture, within ${LEVELS} levels of 255`, 'levels'),
  ]
}
