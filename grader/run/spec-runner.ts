import { createVitest, type TestProject, type Vitest } from 'vitest/node'
import type { Exercise } from '#grader/manifest/index.ts'
import type { SubjectMode } from '#grader/spec/subject.ts'
import { Watchdog } from './watchdog.ts'
import { SpecCollector, type SpecResult, type SpecRun } from './collector.ts'

export interface SpecRunOptions {
  /** Instead of the project's own subject. */
  subject?: SubjectMode
  /** Folder for pictures; none are written without it. */
  pictures?: string
  /** Folder in which the model's answers are remembered from one run to the next. */
  memo?: string
  onExerciseDone?: (exercise: Exercise, specs: SpecResult[]) => void
}

/**
 * Vitest, started once and silent, to run the specs of some exercises against one subject after another.
 * The specs run in this process's children; what is reported is read from there, never from an exit code.
 */
export class SpecRunner {
  readonly #vitest: Vitest
  readonly #project: TestProject
  readonly #exercises: readonly Exercise[]
  readonly #collector: SpecCollector
  readonly #watchdog: Watchdog

  private constructor(
    vitest: Vitest,
    exercises: readonly Exercise[],
    collector: SpecCollector,
    watchdog: Watchdog,
  ) {
    this.#vitest = vitest
    this.#project = vitest.projects[0]
    this.#exercises = exercises
    this.#collector = collector
    this.#watchdog = watchdog
    this.#project.provide('heartbeats', watchdog.folder)
  }

  /** @param project fixes whether `#exercises` are the student's or the solutions */
  static async open(
    project: 'exercises' | 'solutions' | 'mutants',
    exercises: readonly Exercise[],
  ): Promise<SpecRunner> {
    const collector = new SpecCollector(exercises)
    const vitest = await createVitest(
      'test',
      { watch: false, reporters: [collector], project, allowOnly: false, update: 'none' },
      { logLevel: 'error' },
    )
    return new SpecRunner(vitest, exercises, collector, await Watchdog.make())
  }

  async run({ subject, pictures, memo, onExerciseDone }: SpecRunOptions = {}): Promise<SpecRun> {
    if (subject) this.#project.provide('subject', subject)
    if (memo !== undefined) this.#project.provide('memo', memo)
    if (pictures !== undefined) this.#project.provide('pictures', pictures)
    const run = this.#collector.begin(onExerciseDone)
    const specifications = await this.#vitest.globTestSpecifications(
      this.#exercises.map(({ id }) => `exercises/${id}/`),
    )
    this.#watchdog.watch((spec, seconds) => this.#collector.addBlocked(spec, seconds))
    await this.#vitest.runTestSpecifications(specifications, true)
    await this.#watchdog.rest()
    return run
  }

  async close(): Promise<void> {
    await this.#vitest.close()
    await this.#watchdog.close()
    process.exitCode = undefined // Vitest sets it; the caller decides what a failed spec means.
  }
}
