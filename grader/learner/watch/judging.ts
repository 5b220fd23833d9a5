import { exercises, prerequisitesOf, type Exercise, type Task } from '#grader/manifest/index.ts'
import { judgeExercise, type JudgedTask } from '#grader/learner/progress/judged.ts'
import { picturesFolder } from '#grader/learner/progress/next.ts'
import { recordVerdicts } from '#grader/learner/progress/record.ts'
import { SpecRunner } from '#grader/run/spec-runner.ts'
import type { Place } from './course.ts'
import { filesOf } from './files-stamp.ts'
import type { TaskStates } from './task-states.ts'

/** The specs of some tasks of one exercise, under way. */
export interface Batch {
  exercise: Exercise
  tasks: Task[]
  /** When they began, as `performance.now()`. */
  since: number
  /** What is judged, by task. */
  sources: ReadonlyMap<string, string>
}

export interface JudgingOptions {
  states: TaskStates
  current: () => Place
  /** Hears that something began, ended, or went wrong. */
  onChange: () => void
}

/** How long a run may go on that something more urgent waits for: a fresh process costs more than that. */
const PATIENCE_MS = 600

/** Judges what has changed, the current task first, in one process that is kept. */
export class Judging {
  readonly #options: JudgingOptions
  readonly #runner: SpecRunner
  /** Tasks that are to be judged although they have not changed. */
  readonly #wanted = new Set<string>()
  #working: Promise<void> | undefined
  #isClosed = false
  batch: Batch | null = null
  /** What the last run judged, of which exercise, how long it took, in milliseconds, and whether the task on the screen was among it. */
  last: {
    exercise: Exercise
    judged: readonly JudgedTask[]
    ms: number
    at: Date
    isShown: boolean
  } | null = null
  /** What went wrong outside every spec. */
  problems: string[] = []

  private constructor(runner: SpecRunner, options: JudgingOptions) {
    this.#runner = runner
    this.#options = options
  }

  static async open(options: JudgingOptions): Promise<Judging> {
    const name = `sd3-workshop-watch-${process.pid}`
    return new Judging(await SpecRunner.open('exercises', exercises, name, true), options)
  }

  /** Asks for tasks to be judged whether they have changed or not. */
  want(tasks: readonly Task[]): void {
    for (const { id } of tasks) this.#wanted.add(id)
    this.go()
  }

  /** Judges until nothing is left. What is more urgent than the run under way does not wait long for it. */
  go(): void {
    if (this.batch && this.#isInTheWay(this.batch)) this.#interruptSoon(this.batch)
    this.#working ??= this.#work()
      .catch((error: Error) => {
        this.batch = null
        this.problems = [error.message]
      })
      .finally(() => {
        this.#working = undefined
        this.#options.onChange()
      })
  }

  /** How many tasks are still to be judged. */
  get left(): number {
    return exercises.reduce((sum, exercise) => sum + this.#due(exercise).length, 0)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#runner.interrupt()
    await this.#working?.catch(() => {})
    await this.#runner.close()
  }

  async #work(): Promise<void> {
    for (let next = this.#next(); next && !this.#isClosed; next = this.#next()) await this.#judge(next)
  }

  async #judge({ exercise, tasks }: Pick<Batch, 'exercise' | 'tasks'>): Promise<void> {
    const { states, onChange } = this.#options
    const known = states.sources(exercise)
    const batch = { exercise, tasks, since: performance.now(), sources: states.sourcesOf(exercise, tasks) }
    this.batch = batch
    onChange()
    this.#runner.forget(await filesOf(exercise))
    const failed = exercise.tasks.filter((task) => !tasks.includes(task) && states.of(task).status !== 'pass')
    const selection = { tasks: ids(tasks), failed: ids(failed) }
    const run = await this.#runner.run({ selection, pictures: picturesFolder })
    this.batch = null
    if (this.#runner.wasInterrupted) return
    if (!(await states.isStill(exercise))) {
      await states.read(exercise) // It was loaded while it was written, perhaps: nobody knows what was judged.
      return
    }
    this.problems = run.problems
    const judged = judgeExercise(exercise, run.specs).tasks.filter(({ task }) => tasks.includes(task))
    states.take(judged, batch.sources)
    for (const { id } of tasks) this.#wanted.delete(id)
    const isShown = tasks.includes(this.#options.current().task)
    this.last = { exercise, judged, ms: performance.now() - batch.since, at: new Date(), isShown }
    onChange()
    await recordVerdicts({ exercise, tasks: judged }, known).catch((error: Error) => {
      this.problems = [`Progress was not kept: ${error.message}`]
    })
  }

  /** The current task, with what it needs; then the rest of its exercise; then the others. */
  #next(): Pick<Batch, 'exercise' | 'tasks'> | null {
    const { exercise, task } = this.#options.current()
    const due = this.#due(exercise)
    if (due.includes(task)) {
      const needed = prerequisitesOf(exercise, task)
      return { exercise, tasks: due.filter((one) => one === task || needed.includes(one)) }
    }
    for (const one of [exercise, ...exercises]) {
      const tasks = this.#due(one)
      if (tasks.length > 0) return { exercise: one, tasks }
    }
    return null
  }

  #due(exercise: Exercise): Task[] {
    const { states, current } = this.#options
    return exercise.tasks.filter((task) =>
      states.isDue(exercise, task, task === current().task, this.#wanted.has(task.id)),
    )
  }

  #isInTheWay({ exercise, tasks, sources }: Batch): boolean {
    const { states, current } = this.#options
    const now = states.sourcesOf(exercise, tasks)
    const isOutdated = [...sources].some(([id, source]) => now.get(id) !== source)
    const isUrgent = this.#due(current().exercise).includes(current().task) && !tasks.includes(current().task)
    return isOutdated || isUrgent
  }

  #interruptSoon(batch: Batch): void {
    const timer = setTimeout(() => {
      if (this.batch === batch) this.#runner.interrupt()
    }, PATIENCE_MS)
    timer.unref()
  }
}

function ids(tasks: readonly Task[]): string[] {
  return tasks.map(({ id }) => id)
}
