import { defuse } from '#grader/defuse.ts'
import type { Status } from '#grader/result.ts'
import type { SpecResult } from '#grader/run/collector.ts'
import type { Sandbox } from '#grader/sandbox/sandbox.ts'
import { expectEqual } from '#grader/spec/check.ts'
import { judge } from '#grader/verdict.ts'

/** A task's grade: what a report would say. */
export interface Grade {
  status: Status
  message: string
}

/**
 * Grades the fixture's two tasks as a spec run does: the same comparison, the same verdict, the same defusing.
 * @param open may fail, as staging does
 */
export async function gradeFixture(
  open: () => Promise<Sandbox>,
  given: unknown[],
): Promise<{ answer: Grade; other: Grade }> {
  const sandbox = await open().catch((error: Error) => error)
  const grade = async (task: string, args: unknown[], expected: unknown): Promise<Grade> => {
    const signal = AbortSignal.timeout(60_000)
    try {
      if (sandbox instanceof Error) throw sandbox
      expectEqual(await sandbox.call(task, args, signal), expected, task)
      return read(task)
    } catch (error) {
      return read(task, error as Error & { code?: string; task?: string })
    }
  }
  const answer = await grade('answer', given, 42)
  const other = await grade('other', [1, 2], 3)
  if (!(sandbox instanceof Error)) sandbox.close()
  return { answer, other }
}

function read(task: string, error?: Error & { code?: string; task?: string }): Grade {
  const spec: SpecResult = {
    ...{ exercise: '00-fixture', task, subject: '', title: task, durationMs: 0, attachments: [], output: '' },
    state: error ? 'failed' : 'passed',
    failure: error
      ? { name: error.name, code: error.code, task: error.task, message: error.message, frames: [] }
      : null,
  }
  const { status, message } = judge(task, [spec])
  return { status, message: defuse(message) }
}
