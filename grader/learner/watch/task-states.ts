import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { exercises, modulePath, type Exercise, type Task } from '#grader/manifest/index.ts'
import type { JudgedTask } from '#grader/learner/progress/judged.ts'
import type { Progress } from '#grader/learner/progress/progress-file.ts'
import { taskSources, type TaskSources } from '#grader/learner/progress/task-sources.ts'
import type { Status } from '#grader/result.ts'
import { filesStamp } from './files-stamp.ts'

export interface TaskState {
  status: Status | 'unchecked'
  /** Whole points. */
  score: number
  /** Why; null when it was judged before this session, or not at all. */
  judged: JudgedTask | null
}

const UNCHECKED: TaskState = { status: 'unchecked', score: 0, judged: null }

/** What is known of every task, and which of them have changed since. */
export class TaskStates {
  readonly #states = new Map<string, TaskState>()
  /** The source that a task's state is about. */
  readonly #judgedOn = new Map<string, string>()
  /** Null for a module with a syntax error; none for one that is missing. */
  readonly #sources = new Map<string, TaskSources | null>()
  /** What the files were like just before they were read. */
  readonly #stamps = new Map<string, string>()
  /** Tells one text with a syntax error from the next. */
  #revision = 0

  constructor({ tasks }: Progress) {
    for (const [id, { status, score, source }] of Object.entries(tasks)) {
      this.#states.set(id, { status, score, judged: null })
      this.#judgedOn.set(id, source)
    }
  }

  /** Reads the exercise's files again. @returns whether they can be judged */
  async read(exercise: Exercise): Promise<boolean> {
    const stamp = await filesStamp(exercise)
    const sources = await taskSources(exercise)
    this.#stamps.set(exercise.id, stamp)
    if (!sources) this.#revision++
    if (sources || existsSync(join('exercises', modulePath(exercise))))
      this.#sources.set(exercise.id, sources)
    else this.#sources.delete(exercise.id)
    return sources !== null
  }

  of({ id }: Task): TaskState {
    return this.#states.get(id) ?? UNCHECKED
  }

  /** Whether none of the exercise's files was written since they were read. */
  async isStill(exercise: Exercise): Promise<boolean> {
    return (await filesStamp(exercise)) === this.#stamps.get(exercise.id)
  }

  /** What is judged when the specs run now. */
  sources(exercise: Exercise): TaskSources | null {
    return this.#sources.get(exercise.id) ?? null
  }

  /**
   * Whether the task is to be judged: it changed since it was, or somebody wants it. Of a module with a syntax error
   * that is said of one task only: one is enough to hear why, and the others are as they were once it is repaired.
   */
  isDue(exercise: Exercise, task: Task, isCurrent: boolean, isWanted: boolean): boolean {
    const sources = this.#sources.get(exercise.id)
    if (sources === undefined || (sources === null && !isCurrent)) return false
    return isWanted || this.#judgedOn.get(task.id) !== this.#source(exercise, task)
  }

  /** Takes verdicts on what the sources were when their specs began to run. */
  take(judged: readonly JudgedTask[], sources: ReadonlyMap<string, string>): void {
    for (const one of judged) {
      const { task, status, score } = one
      this.#states.set(task.id, { status, score, judged: one })
      this.#judgedOn.set(task.id, sources.get(task.id) ?? '')
    }
  }

  /** The sources of some tasks, for `take`. */
  sourcesOf(exercise: Exercise, tasks: readonly Task[]): Map<string, string> {
    return new Map(tasks.map((task) => [task.id, this.#source(exercise, task)]))
  }

  count(status: Status): number {
    return allTasks().filter((task) => this.of(task).status === status).length
  }

  points(): number {
    return allTasks().reduce((sum, task) => sum + this.of(task).score, 0)
  }

  #source(exercise: Exercise, { id }: Task): string {
    return this.sources(exercise)?.get(id) ?? `unreadable ${this.#revision}`
  }
}

function allTasks(): Task[] {
  return exercises.flatMap(({ tasks }) => tasks)
}
