import { relative } from 'node:path'
import type { UserConsoleLog } from 'vitest'
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node'
import type { Exercise } from '#grader/manifest/index.ts'
import type { Attachment } from '#grader/spec/attach.ts'
import type { Heartbeat } from '#grader/spec/heartbeat.ts'
import { failureOf, messageOf, type SpecFailure } from './failure.ts'

/** One `it(…)` of a spec, after it ran against one subject. */
export interface SpecResult {
  exercise: string
  task: string
  /** A mutant's name; empty for the only subject. */
  subject: string
  title: string
  state: 'passed' | 'failed' | 'skipped' | 'pending'
  failure: SpecFailure | null
  durationMs: number
  attachments: Attachment[]
  /** What it printed, cut to a few thousand characters. */
  output: string
  /** Tasks whose reference solution stood in for the subject's own function. */
  references?: string[]
}

export interface SpecRun {
  specs: SpecResult[]
  /** Spec files that could not be collected, and errors outside any test: the run cannot be trusted then. */
  problems: string[]
}

const LONGEST_OUTPUT = 4000

/** A Vitest reporter that prints nothing and gathers one run's results. */
export class SpecCollector implements Reporter {
  readonly #exercises: readonly Exercise[]
  #run: SpecRun = { specs: [], problems: [] }
  #onExerciseDone: ((exercise: Exercise, specs: SpecResult[]) => void) | undefined
  #blocked = false
  readonly #output = new Map<string, string>()

  constructor(exercises: readonly Exercise[]) {
    this.#exercises = exercises
  }

  /** Starts a new run; what happens from now on is added to the object returned. */
  begin(onExerciseDone?: (exercise: Exercise, specs: SpecResult[]) => void): SpecRun {
    this.#run = { specs: [], problems: [] }
    this.#onExerciseDone = onExerciseDone
    this.#output.clear()
    this.#blocked = false
    return this.#run
  }

  /** Takes the word of the watchdog for a spec that will never report itself. */
  addBlocked({ exercise, task, subject, title }: Heartbeat, seconds: number): void {
    this.#blocked = true
    const message = `Nothing moved for ${seconds} seconds.\nLook for a loop that never ends.`
    const failure: SpecFailure = {
      name: 'TimeoutError',
      code: 'TIMEOUT',
      task: undefined,
      message,
      frames: [],
    }
    const unknown = { durationMs: seconds * 1000, attachments: [], output: '' }
    this.#run.specs.push({ exercise, task, subject, title, state: 'failed', failure, ...unknown })
  }

  onTestCaseResult(test: TestCase): void {
    this.#run.specs.push(this.#resultOf(test))
  }

  onUserConsoleLog({ taskId, content }: UserConsoleLog): void {
    if (taskId === undefined) return
    this.#output.set(taskId, `${this.#output.get(taskId) ?? ''}${content}`.slice(0, LONGEST_OUTPUT))
  }

  onTestModuleEnd(module: TestModule): void {
    const path = relative(process.cwd(), module.moduleId).replaceAll('\\', '/')
    for (const error of module.errors()) this.#run.problems.push(`${path}: ${messageOf(error)}`)
    const exercise = this.#exercises.find(({ id }) => path.startsWith(`exercises/${id}/`))
    if (!exercise) return
    this.#onExerciseDone?.(
      exercise,
      this.#run.specs.filter((spec) => spec.exercise === exercise.id),
    )
  }

  onTestRunEnd(_: readonly TestModule[], errors: readonly SerializedError[]): void {
    for (const error of errors) {
      // A worker that the watchdog ended is an error to Vitest; here it has been told already.
      if (!(this.#blocked && error.message.startsWith('[vitest-pool]')))
        this.#run.problems.push(messageOf(error))
    }
  }

  #resultOf(test: TestCase): SpecResult {
    const { task = '', exercise = '', subject = '', attachments = [], references = [] } = test.meta()
    const { state, errors } = test.result()
    return {
      exercise,
      task,
      subject,
      title: test.name,
      state,
      failure: errors?.[0] ? failureOf(errors[0]) : null,
      durationMs: test.diagnostic()?.duration ?? 0,
      attachments,
      output: this.#output.get(test.id) ?? '',
      references,
    }
  }
}
