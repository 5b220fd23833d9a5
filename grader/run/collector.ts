import { relative } from 'node:path'
import type { UserConsoleLog } from 'vitest'
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node'
import type { Exercise } from '#grader/manifest/index.ts'
import type { Attachment } from '#grader/spec/attach.ts'
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
}

export interface SpecRun {
  specs: SpecResult[]
  /** Spec files that could not be collected, and errors outside any test: the run cannot be trusted then. */
  problems: string[]
}

const LONGEST_OUTPUT = 4000
/** Longer than any spec's own time limit: a test that is silent for this long sits in an endless loop. */
const STALLED_AFTER_MS = 130_000

/** A Vitest reporter that prints nothing and gathers one run's results. */
export class SpecCollector implements Reporter {
  readonly #exercises: readonly Exercise[]
  #run: SpecRun = { specs: [], problems: [] }
  #onExerciseDone: ((exercise: Exercise, specs: SpecResult[]) => void) | undefined
  #onStalled = () => {}
  #timer: NodeJS.Timeout | undefined
  readonly #output = new Map<string, string>()
  readonly #running = new Map<string, TestCase>()

  constructor(exercises: readonly Exercise[]) {
    this.#exercises = exercises
  }

  /** Starts a new run. `stalled` settles when a test loops for ever; `run` holds that verdict then. */
  begin(onExerciseDone?: (exercise: Exercise, specs: SpecResult[]) => void): {
    run: SpecRun
    stalled: Promise<void>
  } {
    this.#run = { specs: [], problems: [] }
    this.#onExerciseDone = onExerciseDone
    this.#output.clear()
    this.#running.clear()
    const stalled = new Promise<void>((resolve) => (this.#onStalled = resolve))
    return { run: this.#run, stalled }
  }

  onTestRunStart(): void {
    this.#sawLife()
  }

  onTestCaseReady(test: TestCase): void {
    this.#sawLife()
    this.#running.set(test.id, test)
  }

  onTestCaseResult(test: TestCase): void {
    this.#sawLife()
    this.#running.delete(test.id)
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
    clearTimeout(this.#timer)
    for (const error of errors) this.#run.problems.push(messageOf(error))
  }

  #sawLife(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      for (const test of this.#running.values()) {
        this.#run.specs.push({ ...this.#resultOf(test), state: 'failed', failure: endless })
      }
      this.#onStalled()
    }, STALLED_AFTER_MS)
  }

  #resultOf(test: TestCase): SpecResult {
    const { task = '', exercise = '', subject = '', attachments = [] } = test.meta()
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
    }
  }
}

const endless: SpecFailure = {
  name: 'TimeoutError',
  code: 'TIMEOUT',
  task: undefined,
  message: `No sign of life for ${STALLED_AFTER_MS / 1000} seconds.\nLook for a loop that never ends.`,
  frames: [],
}
