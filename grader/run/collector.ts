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
  /** Errors of the pass under way that are Vitest's word for a worker that ended. */
  #lost: string[] = []
  readonly #output = new Map<string, string>()
  /** Where each spec stands among those of its file; results come in as they please. */
  readonly #places = new Map<string, number>()

  constructor(exercises: readonly Exercise[]) {
    this.#exercises = exercises
  }

  /** Starts a new run; what happens from now on is added to the object returned. */
  begin(onExerciseDone?: (exercise: Exercise, specs: SpecResult[]) => void): SpecRun {
    this.#run = { specs: [], problems: [] }
    this.#onExerciseDone = onExerciseDone
    this.#output.clear()
    this.#beginPass()
    return this.#run
  }

  /**
   * Whether a worker ended in the pass that is over. What it left undone is for another pass, so that is no problem of
   * the run as long as somebody can be blamed.
   * @param underWay the specs that ended workers were at
   */
  endPass(underWay: readonly Heartbeat[]): boolean {
    const lost = this.#lost
    const wasCut = this.#blocked || underWay.length > 0
    for (const spec of underWay) {
      const message =
        'The process that judges this ended with it.\nLook for results or arguments of enormous size.'
      this.#addLost(spec, { name: 'Error', code: 'CRASH', message }, 0)
    }
    if (!wasCut) this.#run.problems.push(...lost)
    this.#beginPass()
    return wasCut
  }

  #beginPass(): void {
    this.#blocked = false
    this.#lost = []
  }

  /** Takes the word of the watchdog for a spec that will never report itself. */
  addBlocked(spec: Heartbeat, seconds: number): void {
    this.#blocked = true
    const message = `Nothing moved for ${seconds} seconds.\nLook for a loop that never ends.`
    this.#addLost(spec, { name: 'TimeoutError', code: 'TIMEOUT', message }, seconds * 1000)
  }

  #addLost(
    { exercise, task, subject, title }: Heartbeat,
    failure: Pick<SpecFailure, 'name' | 'code' | 'message'>,
    durationMs: number,
  ): void {
    const spec = { exercise, task, subject, title, durationMs }
    const rest = { state: 'failed' as const, attachments: [], output: '' }
    this.#add({ ...spec, ...rest, failure: { ...failure, task: undefined, frames: [] } })
  }

  onTestModuleCollected(module: TestModule): void {
    let place = 0
    for (const test of module.children.allTests()) {
      const { task = '', exercise = '', subject = '' } = test.meta()
      this.#places.set(placeKey({ exercise, task, subject, title: test.name }), place++)
    }
  }

  /** Puts the results in the order of the exercises, and in each in that of its specs. */
  sort(): void {
    const placeOf = (spec: SpecKey) => this.#places.get(placeKey(spec)) ?? Infinity
    const exerciseOf = ({ exercise }: SpecKey) => this.#exercises.findIndex(({ id }) => id === exercise)
    this.#run.specs.sort((a, b) => exerciseOf(a) - exerciseOf(b) || compare(placeOf(a), placeOf(b)))
  }

  onTestCaseResult(test: TestCase): void {
    const result = this.#resultOf(test)
    this.#add(result)
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
      if (error.message.startsWith('[vitest-pool]')) this.#lost.push(messageOf(error))
      else this.#run.problems.push(unheard(error))
    }
  }

  /** A spec that an earlier pass finished is skipped in the next; one that it left undone is not. */
  #add(result: SpecResult): void {
    const { specs } = this.#run
    const known = specs.findIndex((spec) => isSameSpec(spec, result))
    const isFinal = known >= 0 && isFinished(specs[known])
    if (isFinal && !isFinished(result)) return
    if (known >= 0 && !isFinal) specs[known] = result
    else specs.push(result)
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

/** An error that reached no spec, and where an exercise caused it. Vitest reads no stacks of such errors. */
function unheard(error: SerializedError): string {
  const [own] = /exercises\/[\w./-]+(?<!\.spec)\.ts:\d+/.exec(error.stack ?? '') ?? []
  if (!own) return messageOf(error)
  const isRejection = error.type === 'Unhandled Rejection'
  return `${messageOf(error)}\nat ${own}${isRejection ? `\n${NOBODY_WAITED}` : ''}`
}

const NOBODY_WAITED =
  'Likely mistake: An await is missing where this was called, so that nobody heard of the error.'

/** Whether it ran to its end. */
export function isFinished({ state }: SpecResult): boolean {
  return state === 'passed' || state === 'failed'
}

type SpecKey = Pick<SpecResult, 'exercise' | 'task' | 'subject' | 'title'>

function isSameSpec(a: SpecKey, b: SpecKey): boolean {
  return a.exercise === b.exercise && a.task === b.task && a.subject === b.subject && a.title === b.title
}

function placeKey({ exercise, task, subject, title }: SpecKey): string {
  return JSON.stringify([exercise, task, subject, title])
}

/** For numbers that may be infinite: Infinity - Infinity is NaN. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}
