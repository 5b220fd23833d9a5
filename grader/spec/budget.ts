import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** How much time a whole submission has, and since when; absent outside grading. */
    budget: Budget | undefined
  }
}

export interface Budget {
  /** Milliseconds since 1970. */
  deadline: number
  /** Milliseconds that calls may take before they are ended, all together: loops, in short. */
  lostMs: number
}

/** Says that a submission's time is over; its remaining tasks are not tried. */
class BudgetError extends Error {
  override readonly name = 'BudgetError'
  readonly code = 'TIMEOUT'
}

/** By submission: a process serves many. */
let lost = { deadline: 0, ms: 0 }

/** A looping call that was ended after twenty seconds may have taken a little less by this clock. */
const TOLERANCE_MS = 1000

/** After the end of a submission's time a spec ends by itself, unless something on the trusted side hangs. */
const GRACE_MS = 30_000

/**
 * How long Vitest lets a spec run. In grading that is the submission's time: its own code has a clock, which stands
 * still while the model works, and a busy machine's model is not the submission's fault.
 */
export function timeLimit(): { timeout?: number } {
  const budget = inject('budget')
  return budget ? { timeout: Math.max(0, budget.deadline - Date.now()) + GRACE_MS } : {}
}

/**
 * Runs a spec within what is left of its submission's time.
 * @param signal aborts when the spec itself is given up; the work gets one that aborts with the submission's time too
 */
export async function withinBudget(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const budget = inject('budget')
  if (!budget) return work(signal)
  if (lost.deadline !== budget.deadline) lost = { deadline: budget.deadline, ms: 0 }
  if (lost.ms > budget.lostMs - TOLERANCE_MS) {
    throw new BudgetError(
      `Not tried: calls before this one were ended after ${budget.lostMs / 1000} seconds altogether.\n` +
        'Repair the tasks above that timed out first.',
    )
  }
  const left = budget.deadline - Date.now()
  if (left <= 0) throw timeIsUp()
  const end = AbortSignal.timeout(left)
  const start = performance.now()
  try {
    await work(AbortSignal.any([signal, end]))
  } catch (error) {
    const isTimeout = (error as { code?: unknown } | null)?.code === 'TIMEOUT'
    if (isTimeout || signal.aborted) lost.ms += performance.now() - start
    throw end.aborted ? timeIsUp() : error
  }
}

function timeIsUp(): BudgetError {
  return new BudgetError(
    'Not finished: the time for the whole submission is over.\nLook for tasks that take long.',
  )
}
