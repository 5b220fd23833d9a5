import type { Packed } from './functions.ts'

/** Both directions: call something the other side holds. `reference` is empty for the exercise's own functions. */
export interface CallMessage {
  type: 'call'
  id: string
  reference: string
  method: string
  args: Packed
}

export interface ReturnMessage {
  type: 'return'
  id: string
  value: unknown
}

export interface ThrowMessage {
  type: 'throw'
  id: string
  error: ErrorRecord
}

/** The child's first word (its runtime runs), its second (the exercise is loaded), or why there is no second. */
export type LifeMessage = { type: 'started' } | { type: 'loaded' } | { type: 'broken'; error: ErrorRecord }

export type Message = CallMessage | ReturnMessage | ThrowMessage | LifeMessage

/** An error as plain strings. */
export interface ErrorRecord {
  name: string
  message: string
  code?: string | undefined
  /** The task a TodoError names. */
  task?: string | undefined
  /** `exercises/01-pipeline-inspection/pipeline-inspection.ts:12`, the submission's innermost frame. */
  location?: string | undefined
}

const LONGEST_TEXT = 2000
const LONGEST_SHAPED = 200

/** Reads whatever was thrown; anything may be, and looking at it may throw again. */
export function recordOf(thrown: unknown): ErrorRecord {
  try {
    if (!(thrown instanceof Error))
      return { name: 'Error', message: `Threw ${typeof thrown}: ${clip(thrown)}` }
    const { name, message, stack, code, task } = thrown as Error & { code?: unknown; task?: unknown }
    return {
      name: clip(name),
      message: clip(message),
      code: typeof code === 'string' ? clip(code) : undefined,
      task: typeof task === 'string' ? clip(task) : undefined,
      location: /exercises\/[\w./-]+\.ts:\d+/.exec(clip(stack))?.[0],
    }
  } catch {
    return { name: 'Error', message: 'Threw something that cannot be read.' }
  }
}

function clip(value: unknown): string {
  return String(value).slice(0, LONGEST_TEXT)
}

const SHAPES = {
  code: /^[A-Z][A-Z0-9_]{0,60}$/,
  task: /^[a-z0-9-]{1,60}$/,
  location: /^exercises\/(?:[\w-]+\/)*[\w-]+\.ts:\d{1,9}$/,
}

/** Reads an error record that came from a submission: short strings of the expected shapes, or nothing. */
export function readErrorRecord(error: unknown): ErrorRecord {
  const { name, message, code, task, location } = Object(error) as Partial<ErrorRecord>
  const text = (value: unknown) => (typeof value === 'string' ? clip(value) : undefined)
  // On some megabytes even a simple expression runs out of stack.
  const shaped = (value: unknown, shape: RegExp) =>
    typeof value === 'string' && value.length <= LONGEST_SHAPED && shape.test(value) ? value : undefined
  return {
    name: text(name) ?? 'Error',
    message: text(message) ?? '',
    code: shaped(code, SHAPES.code),
    task: shaped(task, SHAPES.task),
    location: shaped(location, SHAPES.location),
  }
}
