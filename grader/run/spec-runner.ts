import { resolve } from 'node:path'
import { Writable } from 'node:stream'
import { createVitest, type TestProject, type TestSpecification, type Vitest } from 'vitest/node'
import type { Exercise } from '#grader/manifest/index.ts'
import type { Budget } from '#grader/spec/budget.ts'
import type { Selection } from '#grader/spec/resume.ts'
import type { SubjectMode } from '#grader/spec/subject.ts'
import { KeptPool } from './kept-pool.ts'
import { checkKitFolder } from './kit-folder.ts'
import { Watchdog } from './watchdog.ts'
import { isFinished, SpecCollector, type SpecResult, type SpecRun } from './collector.ts'

export interface SpecRunOptions {
  /** Instead of the project's own subject. */
  subject?: SubjectMode
  /** Folder for pictures; none are written without it. */
  pictures?: string
  /** Folder in which the model's answers are remembered from one run to the next. */
  memo?: string
  /** What fresh instances follow from; without it they differ in every run. */
  seed?: string
  budget?: Budget
  /** Only these tasks; all of them without it. */
  selection?: Selection
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
  readonly #kept: KeptPool | undefined
  #isRunning = false
  #isInterrupted = false

  private constructor(
    vitest: Vitest,
    exercises: readonly Exercise[],
    collector: SpecCollector,
    watchdog: Watchdog,
    kept: KeptPool | undefined,
  ) {
    this.#vitest = vitest
    this.#project = vitest.projects[0]
    this.#exercises = exercises
    this.#collector = collector
    this.#watchdog = watchdog
    this.#kept = kept
    this.#project.provide('heartbeats', watchdog.folder)
  }

  /**
   * @param project fixes whether `#exercises` are the student's or the solutions
   * @param keptAs instead of a process for every spec file, one under this name for all of them and all runs
   * @param isQuiet whether what its processes write past the console is dropped, for one that owns the screen
   * @throws ArgumentError when the kit lies where Vitest cannot load it
   */
  static async open(
    project: 'exercises' | 'solutions' | 'mutants',
    exercises: readonly Exercise[],
    keptAs?: string,
    isQuiet = false,
  ): Promise<SpecRunner> {
    checkKitFolder(process.cwd())
    const collector = new SpecCollector(exercises)
    const kept = keptAs === undefined ? undefined : new KeptPool(keptAs)
    const vitest = await createVitest(
      'test',
      {
        ...{ watch: false, reporters: [collector], project, allowOnly: false, update: 'none' },
        ...(kept && { pool: kept, isolate: false, fileParallelism: false }),
      },
      { logLevel: 'error' },
      isQuiet ? { stdout: nowhere(), stderr: nowhere() } : {},
    )
    return new SpecRunner(vitest, exercises, collector, await Watchdog.make(), kept)
  }

  async run({
    subject,
    pictures,
    memo,
    seed,
    budget,
    selection,
    onExerciseDone,
  }: SpecRunOptions = {}): Promise<SpecRun> {
    this.#isInterrupted = false
    if (subject) this.#project.provide('subject', subject)
    if (memo !== undefined) this.#project.provide('memo', memo)
    if (seed !== undefined) this.#project.provide('seed', seed)
    this.#project.provide('budget', budget)
    this.#project.provide('selection', selection)
    if (pictures !== undefined) this.#project.provide('pictures', pictures)
    const run = this.#collector.begin(onExerciseDone)
    const specifications = await this.#vitest.globTestSpecifications(
      this.#exercises.filter((one) => isSelected(one, selection)).map(({ id }) => `exercises/${id}/`),
    )
    this.#isRunning = true
    for (const files of this.#kept ? oneByOne(specifications) : [specifications])
      if (!this.#isInterrupted) await this.#runWhole(files, run)
    this.#isRunning = false
    this.#collector.sort()
    return run
  }

  /** Has these files, changed since they were loaded, loaded anew by the next run of a kept process. */
  forget(files: readonly string[]): void {
    for (const file of files) {
      const path = resolve(file).replaceAll('\\', '/')
      this.#vitest.invalidateFile(path)
      this.#vitest.watcher.invalidates.add(path)
    }
  }

  /** Whether the last run was. */
  get wasInterrupted(): boolean {
    return this.#isInterrupted
  }

  /** Ends the run under way where it stands, whatever it is at. Its results are those it had until then. */
  interrupt(): void {
    if (!this.#isRunning) return
    this.#isInterrupted = true
    this.#watchdog.endAll()
  }

  /** Runs spec files; after a worker was ended or ended by itself, what it left undone is for a fresh one. */
  async #runWhole(files: TestSpecification[], run: SpecRun): Promise<void> {
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      const done = run.specs.filter(isFinished)
      const finished = done.map(({ state, ...spec }) => ({
        ...{ exercise: spec.exercise, task: spec.task, subject: spec.subject, title: spec.title },
        passed: state === 'passed',
      }))
      this.#project.provide('finished', pass === 0 ? undefined : finished)
      this.#watchdog.watch((spec, seconds) => this.#collector.addBlocked(spec, seconds))
      await this.#vitest.runTestSpecifications(files, true)
      const underWay = await this.#watchdog.rest()
      if (!this.#collector.endPass(underWay) || this.#isInterrupted) return
    }
  }

  /** Ends the kept process, and with it whatever an earlier run left there. */
  async renew(): Promise<void> {
    await this.#kept?.renew()
  }

  async close(): Promise<void> {
    await this.#kept?.renew()
    await this.#vitest.close()
    await this.#watchdog.close()
    process.exitCode = undefined // Vitest sets it; the caller decides what a failed spec means.
  }
}

/** A submission that takes down one judging process after another has had its turns. */
const MOST_PASSES = 4

function isSelected({ tasks }: Exercise, selection: Selection | undefined): boolean {
  return selection === undefined || tasks.some(({ id }) => selection.tasks.includes(id))
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}

/** In the exercises' order: when a file takes its process down, the others still have one. */
function oneByOne(specifications: TestSpecification[]): TestSpecification[][] {
  return specifications.toSorted((a, b) => (a.moduleId < b.moduleId ? -1 : 1)).map((file) => [file])
}
