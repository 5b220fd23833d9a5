import type { Progress } from './progress-file.ts'

type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === 'string'
const count: Check = (value) => Number.isInteger(value) && Number(value) >= 0
const time: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))
const object = (fields: Record<string, Check>) => (value: unknown) =>
  isObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]))
const recordOf = (check: Check) => (value: unknown) => isObject(value) && Object.values(value).every(check)

const progress = object({
  version: (value) => value === 1,
  current: (value) => value === null || text(value),
  tasks: recordOf(object({ status: text, score: count, source: text, at: time })),
  hints: recordOf(count),
  exercises: recordOf(object({ first: time, last: time })),
})

/** Whether something read from a file is a progress of this version. */
export function isProgress(value: unknown): value is Progress {
  return progress(value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
