const grouped = new Intl.NumberFormat('en-GB')

/** `4,762,310,656`; up to four digits as they are: `4096` */
export function count(value: number): string {
  return value < 10_000 ? String(value) : grouped.format(value)
}

/** `4.76 billion`, `61.7 million`, `640` */
export function rounded(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} billion`
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} million`
  return count(value)
}

/** A share as `26.4 %`. */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`
}

/** `85 ms`, `1.3 s`, `41 s` */
export function duration(seconds: number): string {
  if (seconds < 0.9995) return `${(1000 * seconds).toPrecision(seconds < 0.0995 ? 2 : 3)} ms`
  return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`
}
