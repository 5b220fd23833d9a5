import { relative } from 'node:path'
import { createVitest, type Reporter, type TestCase, type TestModule } from 'vitest/node'
import type { Exercise } from '#grader/manifest/index.ts'
import type { Attachment } from '#grader/spec/attach.ts'
import type { SubjectMode } from '#grader/spec/subject.ts'
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
  /** Spec files that could not be collected, and errors outside any test: nothing in this run can be trusted then. */
  problems: string[]
}

export interface SpecRunOptions {
  /** The Vitest project; it fixes whether `#exercises` are the student's or the solutions. */
  project: 'exercises' | 'solutions' | 'mutants'
  exercises: readonly Exercise[]
  /** Instead of the project's own subject. */
  subject?: SubjectMode
  /** Folder for pictures; none are written without it. */
  pictures?: string
  onExerciseDone?: (exercise: Exercise, specs: SpecResult[]) => void
}

const LONGEST_OUTPUT = 4000
/** Longer than any spec's own time limit: a test that is silent for this long sits in an endless loop. */
const STALLED_AFTER_MS = 130_000

/** Runs the specs of some exercises in Vitest, in this process's children, and says nothing itself. */
export async function runSpecs(options: SpecRunOptions): Promise<SpecRun> {
  const collector = collect(options)
  const vitest = await createVitest('test', {
    watch: false,
    reporters: [collector.reporter],
    project: options.project,
    passWithNoTests: true,
    allowOnly: false,
    update: 'none',
  })
  try {
    for (const project of vitest.projects) {
      if (options.subject) project.provide('subject', options.subject)
      if (options.pictures !== undefined) project.provide('pictures', options.pictures)
    }
    const run = vitest.start(options.exercises.map(({ id }) => `exercises/${id}/`))
    await Promise.race([run, collector.stalled])
  } finally {
    await vitest.close()
    process.exitCode = undefined // Vitest sets it; the caller decides what a failed spec means.
  }
  return collector.run
}

function collect({ exercises, onExerciseDone }: SpecRunOptions) {
  const run: SpecRun = { specs: [], problems: [] }
  const output = new Map<string, string>()
  const running = new Map<string, TestCase>()
  let stall: (() => void) | undefined
  const stalled = new Promise<void>((resolve) => (stall = resolve))
  let timer: NodeJS.Timeout | undefined
  const alive = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      for (const test of running.values())
        run.specs.push({ ...resultOf(test), state: 'failed', failure: endless })
      stall?.()
    }, STALLED_AFTER_MS)
  }
  const resultOf = (test: TestCase): SpecResult => {
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
      output: output.get(test.id) ?? '',
    }
  }
  const reporter: Reporter = {
    onTestRunStart: alive,
    onTestCaseReady(test) {
      alive()
      running.set(test.id, test)
    },
    onTestCaseResult(test) {
      alive()
      running.delete(test.id)
      run.specs.push(resultOf(test))
    },
    onUserConsoleLog({ taskId, content }) {
      if (taskId) output.set(taskId, ((output.get(taskId) ?? '') + content).slice(0, LONGEST_OUTPUT))
    },
    onTestModuleEnd(module) {
      for (const error of module.errors()) run.problems.push(`${pathOf(module)}: ${messageOf(error)}`)
      const exercise = exercises.find(({ id }) => pathOf(module).startsWith(`exercises/${id}/`))
      if (exercise)
        onExerciseDone?.(
          exercise,
          run.specs.filter((spec) => spec.exercise === exercise.id),
        )
    },
    onTestRunEnd(_, errors) {
      clearTimeout(timer)
      for (const error of errors) run.problems.push(messageOf(error))
    },
  }
  return { run, reporter, stalled }
}

const endless: SpecFailure = {
  name: 'TimeoutError',
  code: 'TIMEOUT',
  task: undefined,
  message: `No sign of life for ${STALLED_AFTER_MS / 1000} seconds.\nLook for a loop that never ends.`,
  frames: [],
}

function pathOf(module: TestModule): string {
  return relative(process.cwd(), module.moduleId).replaceAll('\\', '/')
}
