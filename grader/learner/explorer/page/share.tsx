import { formatRatio, formatShare } from './format.ts'

/** A share of attention as people read it; the element holds it exactly. */
export function Share({ value }: { value: number }) {
  return <data value={String(value)}>{formatShare(value)}</data>
}

/** How many times the uniform share. */
export function Ratio({ value, uniform }: { value: number; uniform: number }) {
  return <span class="ratio">{formatRatio(value / uniform)}</span>
}
