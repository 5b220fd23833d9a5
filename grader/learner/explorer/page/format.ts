/** A share of attention, to three digits: 0.412, 0.0412, 0.000 412 as 4.12e-4. */
export function formatShare(value: number): string {
  if (value === 0) return '0'
  return value < 0.001 ? value.toExponential(1) : value.toPrecision(value < 0.01 ? 2 : 3)
}

/** How many times the uniform share: 8.1×, 0.25×. */
export function formatRatio(ratio: number): string {
  if (ratio >= 100) return `${Math.round(ratio)}×`
  if (ratio >= 9.95) return `${ratio.toFixed(0)}×`
  return ratio >= 0.095 ? `${ratio.toFixed(1)}×` : ratio >= 0.005 ? `${ratio.toFixed(2)}×` : '<0.01×'
}

/** Rows and columns count from 1 when people read them. */
export function patchName(patch: number, columns: number): string {
  return `row ${Math.floor(patch / columns) + 1}, column ${(patch % columns) + 1}`
}
