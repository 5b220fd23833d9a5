/** By how much a submission missed its due date. */
export interface Lateness {
  bySeconds: number
}

/**
 * Null for work that came in time. The submission's own time decides, so that grading it again, however much later,
 * makes nothing late.
 */
export function latenessOf(submittedAt: Date, due: Date): Lateness | null {
  const seconds = Math.ceil((submittedAt.getTime() - due.getTime()) / 1000)
  return seconds > 0 ? { bySeconds: seconds } : null
}

/**
 * Reads a moment such as `2026-03-01T23:59:00+01:00`. A date alone means the end of that day, in UTC; a time takes its
 * zone, so that two machines mean the same moment.
 * @throws RangeError when it is none
 */
export function readMoment(text: string): Date {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text)
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)
  const moment = new Date(isDay ? `${text}T23:59:59.999Z` : text)
  const exists = !isDay || moment.toISOString().startsWith(text)
  if ((!isDay && !isMoment) || Number.isNaN(moment.getTime()) || !exists) {
    throw new RangeError(
      `"${text}" is no date.\nWrite 2026-03-01, or 2026-03-01T23:59:00+01:00 with its time zone.`,
    )
  }
  return moment
}
