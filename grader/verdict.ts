import type { SpecFailure } from './run/failure.ts'
import type { SpecResult } from './run/collector.ts'
import type { Status } from './result.ts'

export interface Verdict {
  status: Status
  message: string
  durationMs: number
  /** The spec that decided; null when the task passed or its specs did not run. */
  decidedBy: SpecResult | null
}

/**
 * One task's verdict from the results of its specs: every one must have run and passed.
 * A wrong answer outranks a TODO, so that a half-finished task hears about its mistake first.
 */
export function judge(task: string, specs: readonly SpecResult[]): Verdict {
  const durationMs = Math.round(specs.reduce((sum, spec) => sum + spec.durationMs, 0))
  const verdict = (status: Status, message: string, decidedBy: SpecResult | null = null): Verdict => ({
    status,
    message,
    durationMs,
    decidedBy,
  })
  if (specs.length === 0) return verdict('invalid', 'None of its specs ran.')
  if (new Set(specs.map(({ title }) => title)).size !== specs.length) {
    return verdict('invalid', 'Two of its specs have the same title.')
  }
  const unfinished = specs.find(({ state }) => state !== 'passed' && state !== 'failed')
  if (unfinished) return verdict('invalid', judgeSpec(task, unfinished).message, unfinished)

  const failed = specs.filter(({ state }) => state === 'failed')
  if (failed.length === 0) return verdict('pass', '')
  const decisive = failed.find(({ failure }) => failure?.code !== 'TODO') ?? failed[0]
  const { status, message } = judgeSpec(task, decisive)
  // A TODO left in a corner of work that holds elsewhere is a fault of that work.
  const isBegun = status === 'not-attempted' && failed.length < specs.length
  return verdict(isBegun ? 'fail' : status, message, decisive)
}

/** What one spec of a task says. */
export function judgeSpec(
  task: string,
  { state, title, failure }: SpecResult,
): Pick<Verdict, 'status' | 'message'> {
  if (state === 'passed') return { status: 'pass', message: '' }
  if (state !== 'failed') return { status: 'invalid', message: `A spec did not run: ${title}.` }
  if (!failure) return { status: 'error', message: 'A spec failed without saying why.' }
  return { status: statusOf(task, failure), message: failure.message }
}

function statusOf(task: string, { name, code, task: todo, message }: SpecFailure): Status {
  if (code === 'TODO') return todo === task ? 'not-attempted' : 'blocked'
  if (code === 'NO_FILE') return 'not-attempted'
  if (code === 'TIMEOUT' || message.startsWith('Test timed out in')) return 'timeout'
  return name === 'AssertionError' || code === 'NOT_PLAIN_DATA' ? 'fail' : 'error'
}
